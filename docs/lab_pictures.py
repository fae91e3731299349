"""Pictures of JupyterLab over a year that `make demo` made: widgets, and what a save makes stale."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from docs.dashboard_pictures import rename, shrink
from tests.browser.lab import NotebookPage, running_lab
from tests.projects import notebook, write_notebook

CELLS = {
    "run": 'wb.widgets.RunPipeline("training", parameters={"features.horizon_minutes": 180})',
    "drift": 'wb.widgets.Drift("flight-delay")',
    "threshold": 'wb.widgets.Threshold(model="flight-delay", value=0.3)',
    "explain": 'wb.widgets.Explain("flight-delay")',
    "promotion": 'wb.widgets.Promotion("flight-delay")',
}
_SETTLES = 8000  # milliseconds for a plan, and for pictures that are drawn beside
_STALE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cell = panel.content.widgets.find(w => w.model.sharedModel.source.includes('horizon_minutes:'));
  const source = cell.model.sharedModel.source;
  cell.model.sharedModel.setSource(source.replace('] = 120', '] = 180'));
  await panel.context.save();
}"""


def take(browser: Browser, year: Path, folder: Path) -> None:
    """Take all pictures.

    Args:
        browser: that takes them.
        year: the folder of a demo; it stays as it is.
        folder: where they go, as `lab-NAME.png`.
    """
    with tempfile.TemporaryDirectory(prefix="wb-pictures-") as name:
        root = Path(name) / "flights"
        shutil.copytree(year, root, symlinks=True)
        for number, line in enumerate(CELLS.values()):
            cells = notebook("import workbench as wb", line, parameters="pass")
            write_notebook(root / f"w{number}.ipynb", cells)
        (Path(name) / "home").mkdir()
        with running_lab(root, Path(name) / "home") as lab:
            for number, what in enumerate(CELLS):
                page = browser.new_page(viewport={"width": 1180, "height": 1900})
                opened = NotebookPage(page, lab, f"w{number}.ipynb")
                opened.run_cell_by_cell()
                page.wait_for_timeout(_SETTLES)
                rename(page)
                path = folder / f"lab-{what}.png"
                page.locator(".jp-OutputArea-output").last.screenshot(path=path)
                shrink(path)
                page.close()
            page = browser.new_page(viewport={"width": 1180, "height": 640})
            NotebookPage(page, lab, "notebooks/03_features.ipynb")
            page.evaluate(_STALE)
            expect(page.locator(".workbench-freshness")).to_contain_text("→ features", timeout=60_000)
            page.wait_for_timeout(1500)
            page.screenshot(path=folder / "lab-stale.png")
            shrink(folder / "lab-stale.png")
            page.close()
