"""The guided tour: headless as CI runs it, and cell by cell in JupyterLab."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, NotebookPage, running_lab
from tests.browser.weeks import weeks_of_flights
from workbench.notebook_file import read_notebook
from workbench.widgets import __all__ as WIDGETS
from workbench.workspace import open_workspace

pytestmark = pytest.mark.browser

TOUR = "notebooks/00_tour.ipynb"
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project on six weeks of its year."""
    return weeks_of_flights(tmp_path_factory.mktemp("tour") / "flights")


@pytest.fixture(scope="module")
def headless(flights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tour as Papermill leaves it."""
    executed = tmp_path_factory.mktemp("executed") / "tour.ipynb"
    command = [sys.executable, "-m", "papermill", TOUR, str(executed), "--cwd", "notebooks"]
    done = subprocess.run(command, cwd=flights, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-4000:]
    return read_notebook(executed)


@pytest.fixture(scope="module")
def lab(flights: Path, headless: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on the same project, where the tour has been before."""
    with running_lab(flights, tmp_path_factory.mktemp("home")) as running:
        yield running


def _said(cell: dict[str, Any]) -> str:
    """Return what a cell shows where no page can show a widget."""
    texts = (output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ()))
    return "".join("".join(text) for text in texts)


def _shown(notebook: dict[str, Any]) -> dict[str, str]:
    """Return the text of each widget that the tour makes, by the widget's name."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return {
        name: _said(cell)
        for name in WIDGETS
        for cell in cells
        if f"widgets.{name}(" in "".join(cell["source"])
    }


def test_the_tour_runs_headless_and_every_widget_says_what_it_shows(headless: dict[str, Any]) -> None:
    """All of them; each in words that name what it is about."""
    shown = _shown(headless)
    assert sorted(shown) == sorted(WIDGETS)
    about = {
        "RunPipeline": "Pipeline training: ingest → validate → features",
        "Profile": "features version 1: 35,530 rows",
        "Runs": "2 runs.",
        "Compare": "train: parameter n_trials: 2 → 3",
        "Tuning": "3 trials: 3 complete",
        "Gates": "flight-delay version 2: ",
        "Threshold": "8,310 rows",
        "Explain": "flight-delay",
        "Promotion": "version 2",
        "Drift": "no window was looked at yet",
    }
    for name, words in about.items():
        assert words in shown[name], shown[name]


def test_what_the_tour_ran_is_what_the_command_line_shows(flights: Path, headless: dict[str, Any]) -> None:
    """Both runs, with their outcomes; the second reused what its change does not touch."""
    with open_workspace(flights) as workspace:
        second, first = workspace.runs(2)
    said = [_said(cell) for cell in headless["cells"] if "pipeline.wait()" in "".join(cell["source"])]
    for text, run in zip(said, (first, second), strict=True):
        assert f"{run.run} {run.outcome}" in text
    assert [second.entries[name].outcome for name in ("ingest", "validate", "features")] == ["reused"] * 3


def test_the_tour_runs_cell_by_cell_in_jupyterlab(lab: Lab, page: Page) -> None:
    """Each widget is a view on the page; nothing raises."""
    opened = NotebookPage(page, lab, TOUR)
    opened.run_cell_by_cell()
    assert opened.errors() == []
    expect(page.locator(".jupyter-widgets")).not_to_have_count(0)
    views = page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap("
        "w => w.model.type === 'code' ? w.model.sharedModel.outputs : [])"
        f".filter(o => o.data && o.data['{VIEW}']).length"
    )
    assert views == len(WIDGETS)
