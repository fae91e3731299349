"""The time added per stage, against Papermill's own command line on the same notebook."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from tests.projects import notebook, write_project

WORKBENCH = str(Path(sys.executable).with_name("workbench"))
PAPERMILL = str(Path(sys.executable).with_name("papermill"))
STAGES = 6
IMPORTS = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import lightgbm
import mlflow
import sklearn.linear_model
"""


def measure(rounds: int) -> list[Figure]:
    """Return the figure for a chain of stages with the usual imports."""
    with tempfile.TemporaryDirectory(prefix="wb-overhead-") as folder:
        root = write_project(Path(folder) / "shop", _chain(), heartbeat="5s")
        toml = root / "workbench.toml"
        toml.write_text(toml.read_text().replace("html = false\n", ""))  # as a project has it by default
        run = (WORKBENCH, "run", "--json")
        first = str(root / "notebooks" / "stage0.ipynb")
        forced, unchanged, papermill = interleaved(
            rounds,
            lambda: seconds((*run, "--force"), root),
            lambda: seconds(run, root),
            lambda: seconds((PAPERMILL, first, str(root / "out.ipynb"), "--log-level", "ERROR"), root),
        )
    each = (forced - unchanged) / STAGES
    return [
        Figure(
            "time added per stage, usual imports", each, "s", "papermill, same notebook", papermill, 1 / 15
        ),
        Figure("nothing changed, six stages, whole command", unchanged, "s", "limit", 1.0, 1.0),
    ]


def _chain() -> dict[str, dict[str, object]]:
    stages: dict[str, dict[str, object]] = {}
    for number in range(STAGES):
        begin = f"import workbench as wb\nstage = wb.stage('stage{number}')"
        save = f"stage.save('out{number}', {{'number': {number}}})"
        stages[f"stage{number}"] = {
            "notebook": notebook(IMPORTS, begin, save),
            "inputs": [f"out{number - 1}"] if number else [],
            "outputs": [f"out{number}"],
        }
    return stages
