from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

ENTRY = {
    "name": "ingest",
    "stage": "ingest",
    "outcome": "succeeded",
    "reason": "",
    "seconds": 12.3,
    "attempts": 1,
    "notebook": None,
    "parameters": {"year": 2013},
    "inputs": {},
    "outputs": {
        "flights": {
            "kind": "dataset",
            "name": "flights",
            "version": 3,
            "rows": 336776,
            "fingerprint": "a" * 64,
        }
    },
    "metrics": {"rows": 336776.0},
    "error": None,
    "cpu_seconds": 14.0,
    "peak_memory_bytes": 1_234_000_000,
    "committed_by": None,
}
RUN = {
    "run": "20130501-030000-abcd",
    "pipeline": "training",
    "outcome": "succeeded",
    "reason": "",
    "started": "2013-05-01T03:00:00+00:00",
    "seconds": 75.0,
    "actor": "ada@desk",
    "git": {},
}


@pytest.fixture
def entry() -> Any:
    """Make an entry as `workbench show --json` prints it."""

    def make(**changes: Any) -> dict[str, Any]:
        name = changes.get("name", ENTRY["name"])
        return {**copy.deepcopy(ENTRY), "stage": name, **changes}

    return make


@pytest.fixture
def run(entry: Any) -> Any:
    """Make a run as `workbench show --json` prints it."""

    def make(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {**RUN, **changes, "stages": list(entries or [entry()])}

    return make


@pytest.fixture
def executed(tmp_path: Path) -> str:
    """An executed notebook whose third cell is `fit(` over two lines, with Papermill's pointers."""
    pointer = {"cell_type": "markdown", "metadata": {"tags": ["papermill-error-cell-tag"]}, "source": "!"}
    cells = [
        pointer,
        {"cell_type": "markdown", "source": ["# Train"]},
        {"cell_type": "code", "source": "seed = 1"},
        pointer,
        {"cell_type": "code", "source": ["fit(\n", "    rows)"]},
    ]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return str(path)


@pytest.fixture
def failed(entry: Any, executed: str) -> dict[str, Any]:
    """An entry whose third cell raised."""
    made: dict[str, Any] = entry(
        name="train",
        outcome="failed",
        reason="cell 3: ValueError: no rows",
        notebook=executed,
        outputs={},
        error={
            "cell": 3,
            "ename": "ValueError",
            "evalue": "no rows",
            "traceback": "Traceback …\nValueError: no rows",
        },
    )
    return made
