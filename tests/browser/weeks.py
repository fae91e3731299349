"""The project of this repository on a small part of its year."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEEKS = {  # a small part of the year: the notebooks' own cells, with other defaults
    "01_ingest": {"last_day": "date(2013, 2, 10)"},
    "04_train": {"train_until": "date(2013, 1, 31)", "validate_days": "10", "n_trials": "2"},
}


def weeks_of_flights(root: Path) -> Path:
    """Copy the project, with six weeks and two trials as its notebooks' defaults; return its folder."""
    for name in ("notebooks", "flights", "contracts"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*"))
    for name in ("workbench.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    for name, changes in WEEKS.items():
        path = root / "notebooks" / f"{name}.ipynb"
        document = json.loads(path.read_text(encoding="utf-8"))
        cell = next(c for c in document["cells"] if "parameters" in c["metadata"].get("tags", []))
        source = "".join(cell["source"])
        for parameter, value in changes.items():
            default = rf"(?m)^({parameter}: .* =) [^#\n]*"
            source, found = re.subn(default, rf"\1 {value}  ", source)
            assert found == 1, f"{name} has no parameter {parameter}"
        cell["source"] = source
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return root
