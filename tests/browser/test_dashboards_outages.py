"""What pages show is away, and comes back: the service, the ledger's database, MLflow's. Nobody reloads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.deployments.deployed import APPROVER, Deployed
from tests.insight.scene import Scene
from tests.postgres import make_cluster, running_cluster
from tests.registry.models import MODEL, make_project
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service, until
from tests.system import find_postgres
from workbench.insight import deployments
from workbench.registry.projection import Projection

pytestmark = pytest.mark.browser


class Database:
    """A PostgreSQL that can be stopped and started again."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._running = ExitStack()
        make_cluster(programs, folder)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        self._running.enter_context(running_cluster(self._programs, self._folder, synchronous_commit="on"))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def database() -> Iterator[Database]:
    """One that runs; not in pytest's own folder, as the path of a socket must be short."""
    programs = find_postgres()
    if programs is None:
        pytest.fail("The tests need PostgreSQL 15 or later: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="wb-pg-", ignore_cleanup_errors=True) as folder:
        made = Database(programs, Path(folder))
        made.start()
        yield made
        made.stop()


def test_a_service_that_ends_and_comes_back_is_told_and_read_again(tmp_path: Path, page: Page) -> None:
    """Meanwhile the log tells what callers got, and the rest of the page goes on."""
    shop = Shop(tmp_path / "shop")
    with ExitStack() as stack:
        service = Service(shop.root, workers=1)
        with service:
            place = service.place[1]
            file = shop.root / "workbench.toml"
            address = f'service = {{ metrics = "{service.started["url"]}/metrics" }}'
            file.write_text(file.read_text() + f"\n[models.{MODEL}.monitoring]\n{address}\n")
            assert service.predict(ROW).status == 200
            served = Served(shop.root)
            stack.callback(served.close)
            lives_at(page, f"{served.url}/deployments?model={MODEL}")
            said = page.locator(".told")
            expect(said.filter(has_text=" reachable")).to_contain_text("1 worker answers", timeout=30_000)
        expect(said.filter(has_text="not reachable")).to_contain_text(
            "It is tried again by itself", timeout=20_000
        )
        page.get_by_role("tab", name="Versions").click()
        expect(page.get_by_role("heading", name="Version 1").first).to_be_visible(timeout=10_000)
        page.get_by_role("tab", name="Requests").click()
        with Service(shop.root, workers=1, port=place):
            expect(said.filter(has_text="not reachable")).to_have_count(0, timeout=30_000)
            expect(said.filter(has_text=" reachable")).to_contain_text("1 worker answers")


def test_a_database_that_stops_is_told_on_every_page_and_followed_again(
    tmp_path: Path, page: Page, database: Database
) -> None:
    """What was known stands, other pages open, and what is written afterwards appears."""
    extra = f'[stores]\nledger = "{database.url}"\n'
    project = make_project(tmp_path / "shop", policy="one-approval", extra=extra)
    scene = Scene(project.root, project=project)
    scene.all()
    served = Served(project.root, scene.clock)
    try:
        lives_at(page, f"{served.url}/overview")
        expect(page.get_by_text("1 waiting approval")).to_be_visible(timeout=30_000)
        database.stop()
        away = page.get_by_role("alert").filter(has_text="What is shown was so at")
        expect(away).to_be_visible(timeout=20_000)
        expect(page.get_by_text("1 waiting approval")).to_be_visible()
        for name in ("Experiments", "Drift", "Deployments"):
            page.get_by_role("link", name=name, exact=True).click()
            lives(page)
            expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=20_000)
            expect(away).to_be_visible(timeout=20_000)
            assert "Traceback" not in page.content()
        database.start()
        expect(away).to_have_count(0, timeout=30_000)
        page.get_by_role("link", name="Overview", exact=True).click()
        lives(page)
        scene.propose(2, 2)
        expect(page.get_by_text("2 waiting approvals")).to_be_visible(timeout=20_000)
    finally:
        served.close()
        scene.close()


def test_a_decision_stands_while_mlflow_is_away_and_mlflow_is_brought_to_it_afterwards(
    tmp_path: Path, page: Page, database: Database
) -> None:
    """The page says what MLflow does not show; nobody waits for it, and nobody has to repair it."""
    extra = f'[stores]\ntracking = "{database.url}"\n'
    project = make_project(tmp_path / "shop", policy="one-approval", extra=extra)
    shop = Deployed(project.root, project=project)
    shop.candidate("a")
    deployments.approve(shop.store, APPROVER, MODEL, 1, reason="the first")
    shown = Projection.of(project, shop.ledger)
    until(lambda: not shown.is_behind(), "MLflow's registry")
    shop.candidate("b")
    served = Served(project.root, shop.clock)
    try:
        lives_at(page, f"{served.url}/deployments?model={MODEL}")
        database.stop()
        page.get_by_role("button", name="Approve", exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason, for the record").fill("it is better")
        dialog.get_by_role("button", name="Approve", exact=True).click()
        expect(dialog).to_have_count(0, timeout=15_000)
        expect(page.get_by_role("article", name="What serves")).to_contain_text("it is better")
        said = page.get_by_text("MLflow does not show what was decided last")
        expect(said).to_be_visible(timeout=30_000)
        database.start()
        expect(said).to_have_count(0, timeout=60_000)
        assert not shown.is_behind()
    finally:
        served.close()
        shop.close()


def lives_at(page: Page, address: str) -> None:
    """Open a page, and wait until it lives."""
    page.goto(address)
    lives(page)
