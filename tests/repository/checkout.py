"""The checkout that the tests of this folder look at."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def committed(*patterns: str) -> list[Path]:
    """Return the files that git tracks or would add, that exist, and that match one of the patterns."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(path for name in told.stdout.split("\0") if name and (path := ROOT / name).is_file())
