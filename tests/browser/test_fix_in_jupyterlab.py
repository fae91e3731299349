"""A stage that failed is opened in a real JupyterLab, mended there, and its run finishes behind it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, NotebookPage, workbench
from tests.browser.living import lives
from tests.dashboards.served import Served
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


def test_a_failed_stage_is_opened_from_its_page_and_the_run_goes_on_from_there(
    page: Page, lab: Lab, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One click shows the notebook in the JupyterLab that runs; another goes on behind it."""
    root = write_project(folder / "second", STAGES)
    with open_workspace(root) as workspace:
        failed = workspace.run()
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    served = Served(root)
    try:
        page.goto(f"{served.url}/experiments?run={failed.run}")
        lives(page)
        page.get_by_role("button", name="Open in JupyterLab").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Nothing is run")
        dialog.get_by_role("button", name="Open in JupyterLab").click()
        with page.context.expect_page() as opening:
            page.get_by_role("link", name="Open notebooks/fit.ipynb").click()
        expect(opening.value).to_have_url(re.compile("lab/tree/second/notebooks/fit.ipynb"), timeout=60_000)
        mends = opening.value.locator(".jp-Notebook:visible", has_text="table['y']")
        expect(mends.first).to_be_visible(timeout=60_000)
        opening.value.close()
        written = root / "notebooks" / "fit.ipynb"
        written.write_text(written.read_text(encoding="utf-8").replace("table['y']", "table['x']"), "utf-8")
        page.get_by_role("button", name="Go on with the run").click()
        expect(page.get_by_role("dialog")).to_contain_text("fit and what comes after run again")
        page.get_by_role("dialog").get_by_role("button", name="Go on with the run").click()
        expect(page.get_by_text("succeeded").first).to_be_visible(timeout=90_000)
        expect(page.get_by_role("button", name="Open in JupyterLab")).to_have_count(0, timeout=20_000)
    finally:
        served.close()
