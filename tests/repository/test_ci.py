"""The script that CI runs: both commands, no failure let pass, pytest's closing line at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.repository.checkout import ROOT

CLOSING = "=================== 1 passed in 61.20s (0:01:01) ==================="


def run_ci(folder: Path, *, lint: int, tests: int, printed: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a checkout whose Makefile does nothing but end as told."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "Makefile").write_text(
        f"lint:\n\t@echo linted; exit {lint}\ntest:\n\t@printf '%s\\n' '{printed}' after; exit {tests}\n"
    )
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [folder / ".ci/run"], capture_output=True, text=True, check=False, env=quiet, cwd="/"
    )


@pytest.mark.parametrize(("lint", "tests"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_either_failure_fails_the_whole(tmp_path: Path, lint: int, tests: int) -> None:
    """Both always run, and the exit status is 0 only when both were."""
    done = run_ci(tmp_path, lint=lint, tests=tests, printed=CLOSING)
    assert "linted" in done.stdout
    assert (done.returncode == 0) == (lint == tests == 0)
    assert done.stdout.splitlines()[-1] == CLOSING


def test_a_coloured_closing_line_is_recognised(tmp_path: Path) -> None:
    """A terminal's colours do not hide the result."""
    done = run_ci(tmp_path, lint=0, tests=0, printed=f"\x1b[32m{CLOSING}\x1b[0m")
    assert done.stdout.splitlines()[-1] == CLOSING


def test_tests_that_did_not_end_are_said_to_have_not_ended(tmp_path: Path) -> None:
    """A run without a closing line is never mistaken for a result."""
    done = run_ci(tmp_path, lint=0, tests=2, printed="Killed")
    assert done.returncode != 0
    assert "did not run to its end" in done.stdout.splitlines()[-1]
