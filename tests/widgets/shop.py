"""A project that really ran twice, and what is under the hand of whoever sits in it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.projects import notebook, write_notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAKE = notebook(
    "import workbench as wb\nstage = wb.stage('make')",
    """
    import numpy as np, pandas as pd
    random = np.random.default_rng(stage.seed)
    table = pd.DataFrame({"x": random.normal(size=rows), "where": random.choice(["in", "out"], size=rows)})
    stage.save("table", table)
    """,
    parameters="from typing import Annotated\nfrom workbench.parameters import Ge, Le\n"
    "rows: Annotated[int, Ge(10), Le(5000)] = 200  # how many",
)
_FIT = """
from typing import Annotated, Literal
from workbench.parameters import Gt, Le
rate: Annotated[float, Gt(0), Le(1)] = 0.05  # shrinkage
kind: Literal["plain", "fancy"] = "plain"
"""


def fit(then: str = "pass") -> dict[str, object]:
    """Return the second stage, whose last cell is this."""
    return notebook(
        "import base64, time\nimport workbench as wb\nstage = wb.stage('fit')\ntable = stage.load('table')",
        f"(stage.folder / 'figures' / 'dot.png').write_bytes({PICTURE!r})\n"
        "stage.log_metrics({'auc': 0.5 + rate, 'rows': len(table)})",
        then,
        parameters=_FIT,
    )


def write_shop(root: Path, then: str = "pass", *, warm: bool = False) -> Path:
    """Write the project of two stages, the first of which makes a table."""
    stages: dict[str, Any] = {
        "make": {"notebook": MAKE, "outputs": ["table"]},
        "fit": {"notebook": fit(then), "inputs": ["table"]},
    }
    return write_project(root, stages, runner=f"warm = {str(warm).lower()}\n")


def ran_twice(root: Path) -> tuple[str, str]:
    """Run it, change a cell, a parameter and the table, run it again, and return the ids of the runs."""
    with open_workspace(write_shop(root)) as workspace:
        first = workspace.run()
        write_notebook(root / "notebooks" / "fit.ipynb", fit("changed = True"))
        second = workspace.run(overrides={"make": {"rows": "300"}, "fit": {"rate": "0.25"}})
    assert [first.outcome, second.outcome] == [Outcome.SUCCEEDED] * 2, (first.reason, second.reason)
    return first.run, second.run
