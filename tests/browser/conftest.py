from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.attack import ATTACK
from tests.browser.chromium import launch
from tests.browser.lab import Lab, running_lab
from tests.dashboards.served import Served
from tests.insight.scene import Scene


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, once a module: while Playwright lives, its thread has no other event loop."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a window of its own."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A project in whose ledger every text attacks who shows it."""
    made = Scene(tmp_path / "shop", say=lambda text: text + ATTACK)
    made.all()
    yield made
    made.close()


@pytest.fixture
def served(scene: Scene) -> Iterator[Served]:
    """It, served to this machine."""
    made = Served(scene.project.root, scene.clock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that JupyterLab shows."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of the module's own, where the warm kernel is installed."""
    with running_lab(folder, tmp_path_factory.mktemp("home")) as running:
        yield running
