"""Widgets in a real JupyterLab: a form that refuses with the reason, a run to its end, a comparison."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, NotebookPage, running_lab, workbench
from tests.projects import notebook, write_notebook
from tests.widgets.shop import ran_twice

pytestmark = pytest.mark.browser

PAGE = notebook(
    "import workbench as wb\npipeline = wb.widgets.RunPipeline()\npipeline",
    "runs = wb.widgets.Runs()\nruns",
    "wb.widgets.Profile('table', against='previous')",
    "pass",
    parameters="here = 'the shop'",
)
_ENDS_WITHIN = 120_000  # milliseconds


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that ran twice, with a notebook that shows widgets."""
    root = tmp_path_factory.mktemp("work") / "shop"
    ran_twice(root)
    write_notebook(root / "look.ipynb", PAGE)
    return root


@pytest.fixture(scope="module")
def lab(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of the test's own."""
    with running_lab(shop, tmp_path_factory.mktemp("home")) as running:
        yield running


def test_a_pipeline_is_refused_run_and_compared_from_widgets(page: Page, lab: Lab, shop: Path) -> None:
    """The whole way of a person: a wrong value, a right one, run, watch, the result, then the comparison."""
    opened = NotebookPage(page, lab, "look.ipynb")
    opened.run_cell_by_cell()
    assert opened.errors() == []
    form = page.locator(".wb", has=page.get_by_text("Run main", exact=True)).first
    form.get_by_text("fit · 2 parameters").click()
    rate = form.get_by_label("rate")
    rate.fill("7")
    expect(form.get_by_role("alert").first).to_contain_text("greater than 0 and at most 1, but got 7.0")
    run = form.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_disabled()
    rate.fill("0.5")
    expect(form.get_by_text("parameter rate: 0.25 → 0.5").first).to_be_visible(timeout=_ENDS_WITHIN)
    _picture(page, "form")
    run.click()
    expect(form.get_by_role("progressbar").first).to_be_visible(timeout=_ENDS_WITHIN)
    expect(form.get_by_text("workbench show").first).to_be_visible(timeout=_ENDS_WITHIN)
    _picture(page, "result")
    name = opened.execute("print(pipeline.run_id, pipeline.state)").split()
    told = json.loads(workbench("show", name[0], "--json", environment=lab.environment, folder=shop))
    assert name[1] == told["outcome"] == "succeeded"
    assert told["stages"][1]["parameters"]["rate"] == 0.5
    _compared(page, opened, name[0])


def _compared(page: Page, opened: NotebookPage, newest: str) -> None:
    """Choose two runs, the newest of which appeared by itself, and see what differs."""
    runs = page.locator(".wb", has=page.get_by_text("Runs", exact=True)).first
    runs.scroll_into_view_if_needed()
    expect(runs.get_by_label(newest)).to_be_visible(timeout=20_000)
    for box in runs.get_by_role("checkbox").all()[:2]:
        box.check()
    assert newest in opened.execute("print(runs.selected)")
    runs.get_by_role("button", name="Compare 2").click()
    expect(runs.get_by_text("fit: parameter rate: 0.25 → 0.5")).to_be_visible(timeout=20_000)
    _picture(page, "compared")


def _picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for one."""
    folder = os.environ.get("WORKBENCH_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
