"""A stage opened in JupyterLab and run cell by cell gives what the headless run gave."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.lab import Lab, NotebookPage
from tests.browser.weeks import weeks_of_flights
from tests.projects import notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space
from workbench.workspace import Workspace, open_workspace

pytestmark = pytest.mark.browser

MAKE = notebook(
    "import workbench as wb\nstage = wb.stage('make')",
    """
    import numpy as np, pandas as pd
    random = np.random.default_rng(stage.seed)
    stage.save("table", pd.DataFrame({"x": random.normal(size=500), "noise": random.normal(size=500)}))
    """,
)
FIT = notebook(
    "from decimal import Decimal\nimport workbench as wb\nstage = wb.stage('fit')",
    """
    import numpy as np
    table = stage.load("table")
    y = 3 * table["x"] + table["noise"]
    slope, offset = np.polyfit(table["x"], y, 1)
    """,
    """
    stage.log_metrics({"slope": slope, "offset": offset, "weight": float(weight)})
    stage.save("line", {"slope": slope, "offset": offset})
    """,
    parameters="from decimal import Decimal\nweight: Decimal = Decimal('0.1')  # of each row",
)
SHOP = {
    "make": {"notebook": MAKE, "outputs": ["table"]},
    "fit": {"notebook": FIT, "inputs": ["table"], "outputs": ["line"]},
}


def test_a_small_stage_gives_the_same_metrics_and_outputs(page: Page, lab: Lab, folder: Path) -> None:
    """To the last bit; and the outputs stored in the notebook make nothing stale."""
    root = write_project(folder / "shop", SHOP)
    with open_workspace(root) as workspace:
        _same_in_lab(page, lab, workspace, "fit")
        assert [step.action for step in workspace.plan().steps] == ["reuse", "reuse"]


def test_training_on_real_flights_gives_the_same_metrics_and_model(
    page: Page, lab: Lab, folder: Path
) -> None:
    """The project's own notebooks on six weeks of the year, with a search of two trials."""
    root = weeks_of_flights(folder / "flights")
    with open_workspace(root) as workspace:
        _same_in_lab(page, lab, workspace, "train")


def _same_in_lab(page: Page, lab: Lab, workspace: Workspace, stage: str) -> None:
    root = workspace.project.root
    state = workspace.run(until=stage)
    assert state.outcome is Outcome.SUCCEEDED, state.reason
    headless = state.entries[stage]
    opened = NotebookPage(page, lab, f"{root.name}/{workspace.project.stage(stage).notebook}")
    opened.run_cell_by_cell()
    opened.save()
    page.screenshot(path=root.with_suffix(".png"))
    assert opened.errors() == []
    scratch = Space(workspace.project.layout.scratch / getpass.getuser() / stage)
    assert headless.metrics
    assert scratch.metrics() == headless.metrics
    assert _prints(scratch.records()) == _prints(headless.outputs)


def _prints(records: dict[str, Any]) -> dict[str, str]:
    return {name: record["fingerprint"] for name, record in records.items()}
