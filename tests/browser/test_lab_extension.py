"""What JupyterLab has of the workbench without being asked: freshness, warm kernels, tiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, NotebookPage, running_lab
from tests.lab.test_freshness import SHOP
from tests.projects import write_project
from workbench.lab.warm import DISPLAY
from workbench.workspace import open_workspace

pytestmark = pytest.mark.browser

_CHANGE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cell = panel.content.widgets.find(w => w.model.sharedModel.source.includes('count: int'));
  cell.model.sharedModel.setSource('count: int = 5');
  await panel.context.save();
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a project whose pipeline has run."""
    root = write_project(tmp_path_factory.mktemp("extension") / "shop", SHOP)
    with open_workspace(root) as workspace:
        assert workspace.run().outcome == "succeeded"
    with running_lab(root, tmp_path_factory.mktemp("home")) as running:
        yield running


def test_saving_a_stage_tells_what_it_makes_stale(lab: Lab, page: Page) -> None:
    """Fresh before; afterwards why it is not, what depends on it, and what that would cost."""
    NotebookPage(page, lab, "notebooks/make.ipynb")
    status = page.locator(".workbench-freshness")
    expect(status).to_have_text("✓ make: fresh", timeout=30_000)
    page.evaluate(_CHANGE)
    expect(status).to_contain_text("→ make, double, tell, about", timeout=30_000)
    expect(status).to_contain_text("3 → 5")
    status.click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("A run would make anew")
    expect(dialog).to_contain_text("workbench run main")


def test_a_projects_notebooks_get_warm_kernels_without_choosing(lab: Lab, page: Page) -> None:
    """They name `python3`, as everywhere; a restart is as quick as a forked kernel."""
    opened = NotebookPage(page, lab, "notebooks/tell.ipynb")
    expect(page.locator("[data-jp-item-name=kernelName]").first).to_contain_text(DISPLAY)
    assert opened.execute("import sys; print('polars' in sys.modules)").strip() == "True"


def test_the_launcher_opens_mlflow_and_the_dashboards(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Each in a tab of JupyterLab, on the project's own records."""
    page.goto(f"{lab.url}lab?token={lab.token}&reset")
    for title in ("Dashboards", "MLflow"):
        expect(
            page.locator(f".jp-LauncherCard[title='{title}'], .jp-LauncherCard:has-text('{title}')").first
        ).to_be_visible(timeout=60_000)
    page.locator(".jp-LauncherCard:has-text('MLflow')").first.click()
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("shop").first).to_be_visible(timeout=90_000)
