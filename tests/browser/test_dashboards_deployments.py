"""The page Deployments in a browser, before a real service: what is decided here, callers meet there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.attack import ATTACK, PASSWORD
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from tests.registry.models import MODEL
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service, until
from workbench.access import Role, set_password, set_role
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.registry.proposal import propose

pytestmark = pytest.mark.browser

PEOPLE = {"vic": Role.VIEWER, "ann": Role.APPROVER, "oda": Role.OPERATOR}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Version 1 is champion; a person asks that version 2 replace it, and another has to approve."""
    made = Shop(tmp_path_factory.mktemp("deployments") / "shop")
    path = made.root / "workbench.toml"
    path.write_text(path.read_text().replace('policy = "automatic"', 'policy = "four-eyes"'))
    for name, role in PEOPLE.items():
        set_role(made.root, name, role)
        set_password(made.root / ".workbench" / "passwords", name, PASSWORD)
    return made


@pytest.fixture(scope="module")
def service(shop: Shop) -> Iterator[Service]:
    with Service(shop.root, workers=1) as running:
        path = shop.root / "workbench.toml"
        address = f"{running.started['url']}/metrics"
        path.write_text(
            path.read_text() + f'\n[models.{MODEL}.monitoring]\nservice = {{ metrics = "{address}" }}\n'
        )
        yield running


@pytest.fixture(scope="module")
def served(service: Service) -> Iterator[Served]:
    made = Served(service.root)
    yield made
    made.close()


def _asked(shop: Shop, version: int) -> None:
    from workbench.project import load_project

    ledger = open_ledger(shop.project.layout.ledger_url, SystemClock())
    propose(load_project(shop.root), ledger, MODEL, version, reason="better by far", actor="ada@lab")
    ledger.close()


def _enter(page: Page, served: Served, name: str, query: str = "") -> None:
    page.goto(f"{served.url}/deployments{query}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="What answers callers")).to_be_visible(timeout=30_000)


def _decide(page: Page, button: str, reason: str, *, told: str) -> None:
    """Press a button, read what would follow, give the reason, confirm."""
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(told, timeout=10_000)
    _confirm(dialog, button, reason)
    expect(dialog).to_have_count(0, timeout=15_000)


def _confirm(dialog: Locator, button: str, reason: str) -> None:
    sure = dialog.get_by_role("button", name=button, exact=True)
    expect(sure).to_be_disabled()
    dialog.get_by_label("Reason, for the record").fill(reason)
    expect(sure).to_be_enabled(timeout=10_000)
    sure.click()


def _answers(service: Service, version: int) -> None:
    """Wait until callers are answered by a version."""
    until(lambda: service.predict(ROW).headers["x-model-version"] == str(version), f"version {version}")


def test_an_approval_changes_the_version_that_callers_meet_and_a_rollback_takes_it_back(
    shop: Shop, service: Service, served: Served, browser: Browser
) -> None:
    """A viewer sees and may not; an approver approves, an operator rolls back; each under their name."""
    _asked(shop, 2)
    _answers(service, 1)
    vic, ann, oda = (browser.new_context().new_page() for _ in PEOPLE)

    _enter(vic, served, "vic")
    expect(vic.get_by_text("waits to become champion in place of version 1")).to_be_visible(timeout=20_000)
    expect(vic.get_by_role("button", name="Approve")).to_be_disabled()
    expect(vic.get_by_text("You are viewer; this needs approver or more.").first).to_be_visible()
    expect(vic.get_by_role("button", name="Roll back")).to_be_disabled()

    _enter(ann, served, "ann")
    _decide(
        ann, "Approve", "I have looked", told="Version 2, the new champion, will answer all callers at once"
    )
    expect(ann.get_by_text("Version 2, the champion, answers all callers.")).to_be_visible(timeout=10_000)
    assert shop.state().champion == 2
    assert shop.state().moves[-1].actor == "ann@dashboards"
    _answers(service, 2)
    expect(vic.get_by_role("article", name="What serves")).to_contain_text("I have looked", timeout=15_000)
    expect(vic.get_by_text("waits to become")).to_have_count(0, timeout=15_000)

    _enter(oda, served, "oda")
    expect(oda.get_by_text("reachable", exact=False).first).to_be_visible(timeout=20_000)
    _decide(oda, "Roll back", "callers complain", told="Version 1, the new champion, will answer all callers")
    assert shop.state().champion == 1
    _answers(service, 1)
    oda.get_by_role("tab", name="History").click()
    expect(oda.get_by_text("Version 2 was rolled back; version 1 is champion again")).to_be_visible(
        timeout=15_000
    )
    for page in (vic, ann, oda):
        page.context.close()


def test_traffic_follows_the_page_and_what_changed_meanwhile_is_said(
    shop: Shop, service: Service, served: Served, browser: Browser
) -> None:
    """Half of the callers move to the challenger; a dialog that is out of date does nothing, and stays."""
    if shop.state().champion != 1:
        shop.promote(1)
    shop.promote(2, alias="challenger", share=0.1)
    page = browser.new_context().new_page()
    _enter(page, served, "oda")
    share = page.get_by_role("slider")
    expect(share).to_be_visible(timeout=15_000)
    share.fill("50")
    _decide(
        page,
        "Change traffic",
        "more of it",
        told="Version 2 will answer 50 % of the requests instead of 10 %",
    )
    assert shop.state().share == 0.5
    until(lambda: service.predict(ROW).headers["x-arm"] == "challenger", "the challenger's answers")

    page.get_by_role("button", name="Roll back", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Version 1 will answer all callers instead of 50 %", timeout=10_000)
    dialog.get_by_label("Reason, for the record").fill("slow")
    shop.promote(2, alias="challenger", share=0.25)
    expect(page.get_by_role("article", name="What serves")).to_contain_text("25", timeout=15_000)
    dialog.get_by_role("button", name="Roll back", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing of yours was done", timeout=15_000)
    assert shop.state().challenger == 2
    expect(dialog.get_by_label("Reason, for the record")).to_have_value("slow")
    dialog.get_by_role("button", name="Roll back", exact=True).click()
    expect(dialog).to_have_count(0, timeout=15_000)
    assert shop.state().challenger is None
    page.context.close()


def test_a_challenger_that_answers_nobody_is_withdrawn(
    shop: Shop, service: Service, served: Served, browser: Browser
) -> None:
    """By a button that is there while somebody challenges; the champion goes on answering."""
    if shop.state().champion != 1:
        shop.promote(1)
    page = browser.new_context().new_page()
    _enter(page, served, "oda")
    button = page.get_by_role("button", name="Withdraw challenger", exact=True)
    expect(button).to_have_count(0)
    shop.promote(2, alias="challenger", share=0.0)
    expect(button).to_be_enabled(timeout=15_000)
    _decide(page, "Withdraw challenger", "seen enough", told="Version 2 is challenger no more")
    assert shop.state().challenger is None
    assert shop.state().moves[-1].actor == "oda@dashboards"
    expect(button).to_have_count(0, timeout=15_000)
    _answers(service, 1)
    page.context.close()


def test_an_answer_is_traced_by_its_address(service: Service, served: Served, browser: Browser) -> None:
    """The link holds the view: row, version, contributions, where it comes from."""
    given = service.predict(ROW).headers["x-prediction-id"]
    page = browser.new_context().new_page()
    _enter(page, served, "vic", f"?model={MODEL}&prediction={given}")
    expect(page.get_by_text("Answered 0.")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("What the answer rests on")).to_be_visible()
    expect(page.get_by_role("table", name="The row")).to_contain_text("carrier")
    page.get_by_label("Prediction id").fill(ATTACK[:70])
    expect(page.get_by_role("alert")).to_contain_text("x-prediction-id", timeout=20_000)
    page.context.close()


def test_attacks_stay_text_on_every_part(tmp_path: Path, page: Page) -> None:
    """Reasons, gates, decisions, names: nothing runs."""
    scene = Scene(tmp_path / "shop", say=lambda text: text + ATTACK)
    scene.all()
    served = Served(scene.project.root, scene.clock)
    try:
        page.goto(f"{served.url}/deployments?model={MODEL}&version=3")
        expect(page.get_by_text("better by far<img src=x").first).to_be_visible(timeout=30_000)
        expect(page.get_by_text("auc 0.75 is at least 0.7<img src=x")).to_be_visible(timeout=15_000)
        for tab, said in (("History", "it is time<img src=x"), ("Challenger", ""), ("Requests", "")):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            expect(page.get_by_text(said).first).to_be_visible(timeout=15_000)
        assert page.evaluate("window.hit") is None
        assert page.locator("img[src=x]").count() == 0
    finally:
        served.close()
        scene.close()
