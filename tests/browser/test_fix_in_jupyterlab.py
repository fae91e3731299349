"""A stage that failed is opened in a real JupyterLab, mended there, and its run finishes behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, NotebookPage, workbench
from tests.projects import notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

pytestmark = pytest.mark.browser

HEAD = "import workbench as wb\nstage = wb.stage('{}')"
MAKE = "stage.save('table', {'x': [1, 2, 3]})"
FIT = "table = stage.load('table')\ntotal = sum(table['y']) * factor"
SAVE = "stage.save('sum', {'total': total})\nprint(total)"
STAGES = {
    "make": {"notebook": notebook(HEAD.format("make"), MAKE), "outputs": ["table"]},
    "fit": {
        "notebook": notebook(HEAD.format("fit"), FIT, SAVE, parameters="factor: int = 1"),
        "inputs": ["table"],
        "outputs": ["sum"],
    },
}
_MEND = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  const broken = cells.find(cell => cell.model.sharedModel.getSource().includes("table['y']"));
  broken.model.sharedModel.setSource(broken.model.sharedModel.getSource().replace("'y'", "'x'"));
}"""


def test_a_failed_stage_is_opened_mended_and_its_run_finishes(page: Page, lab: Lab, folder: Path) -> None:
    """With the run's input and parameter in the cells; the earlier stage is not made again."""
    root = write_project(folder / "shop", STAGES)
    with open_workspace(root) as workspace:
        failed = workspace.run(overrides={"fit": {"factor": "5"}})
        assert failed.outcome is Outcome.FAILED
    said = workbench("open", failed.run, "--no-browser", "--json", environment=lab.environment, folder=root)
    opened = json.loads(said)
    assert opened["url"].startswith(f"{lab.url}lab/tree/shop/notebooks/fit.ipynb?token=")
    page.goto(opened["url"])
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
    sheet = NotebookPage(page, lab, "shop/notebooks/fit.ipynb")
    sheet.run_cell_by_cell()
    assert any("'y'" in error for error in sheet.errors())
    expect(page.locator(".jp-Notebook")).to_contain_text(f"workbench resume {failed.run}")
    page.evaluate(_MEND)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    expect(page.locator(".jp-OutputArea-output").last).to_have_text("30\n", timeout=60_000)
    assert not sheet.errors()
    sheet.save()
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty", timeout=30_000)
    ended = json.loads(workbench("resume", failed.run, "--json", environment=lab.environment, folder=root))
    assert ended["outcome"] == "succeeded"
    assert [(stage["name"], stage["attempts"]) for stage in ended["stages"]] == [("make", 1), ("fit", 2)]
    assert list(ended["resumed"][0]["mended"]) == ["fit"]
