"""The dashboards in a browser: text stays text, pages change and recover by themselves, each look holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests.browser.attack import PASSWORD
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from workbench.access import Role, set_password, set_role

pytestmark = pytest.mark.browser


def test_what_attacks_the_overview_is_shown_as_text(served: Served, page: Page) -> None:
    """Nothing runs, nothing is loaded from elsewhere, and the browser has nothing to complain of."""
    said, asked = _listen(page)
    page.goto(f"{served.url}/overview")
    card = page.get_by_role("article")
    expect(card).to_contain_text("drift<img src=x onerror=window.hit=1><script>", timeout=30_000)
    expect(card).to_contain_text("latency: no source<img")
    expect(card).to_contain_text("asked for<img src=x onerror=window.hit=1>")
    expect(card).to_contain_text("ada@desk<img")
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0
    assert not said
    assert all(url.startswith((served.url, "data:", "blob:")) for url in asked)


def test_the_overview_follows_the_ledger_without_a_reload(scene: Scene, served: Served, page: Page) -> None:
    """A wish that is written while somebody looks appears before them."""
    page.goto(f"{served.url}/overview")
    expect(page.get_by_text("1 waiting approval")).to_be_visible(timeout=30_000)
    scene.propose(2, 2)
    expect(page.get_by_text("2 waiting approvals")).to_be_visible(timeout=10_000)


def test_a_page_says_that_the_ledger_is_away_and_recovers(scene: Scene, served: Served, page: Page) -> None:
    """Locked, then gone; what was known stays on the page meanwhile."""
    page.goto(f"{served.url}/overview")
    expect(page.get_by_role("article")).to_be_visible(timeout=30_000)
    path = Path(scene.project.layout.ledger_url.removeprefix("sqlite:///"))
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    expect(page.get_by_role("alert")).to_contain_text("is locked", timeout=20_000)
    expect(page.get_by_role("article")).to_be_visible()
    lock.execute("ROLLBACK")
    lock.close()
    expect(page.get_by_role("alert")).to_have_count(0, timeout=20_000)
    path.rename(path.with_suffix(".away"))
    expect(page.get_by_role("alert")).to_contain_text("is gone", timeout=20_000)
    path.with_suffix(".away").rename(path)
    expect(page.get_by_role("alert")).to_have_count(0, timeout=20_000)


def test_a_view_that_breaks_says_so_and_the_server_goes_on(scene: Scene, page: Page) -> None:
    """Its page has the navigation, the error in words, and no traceback."""
    folder = scene.project.root / "dashboards"
    folder.mkdir()
    (folder / "broken.py").write_text(
        "from workbench.dashboards.app.page import Page\n"
        "def view(store, person, location):\n"
        "    raise ZeroDivisionError('secret')\n"
        "page = Page('broken', 'Broken', view, order=9)\n"
    )
    served = Served(scene.project.root, scene.clock)
    try:
        page.goto(f"{served.url}/broken")
        expect(page.get_by_role("alert")).to_contain_text("The page Broken broke", timeout=30_000)
        assert "secret" not in page.content()
        page.get_by_role("link", name="Overview", exact=True).click()
        expect(page.get_by_role("article")).to_be_visible(timeout=30_000)
    finally:
        served.close()


def test_each_viewer_has_their_own_look(served: Served, browser: Browser) -> None:
    """Their zone, light or dark as their system has it, and room for the page on a narrow screen."""
    context = browser.new_context(
        viewport={"width": 420, "height": 900}, color_scheme="dark", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    page.goto(f"{served.url}/overview")
    expect(page.get_by_role("article")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.className") == "dark"
    expect(page.get_by_text("(2026-03-02 09:00")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    for path, shown in (
        ("experiments", "1 run"),
        ("drift", "Find columns"),
        ("deployments", "Prediction log"),
    ):
        page.goto(f"{served.url}/{path}")
        expect(page.get_by_text(shown).first).to_be_visible(timeout=30_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 420, path
    context.close()


def test_who_signs_in_sees_their_role_and_who_signs_out_sees_nothing(scene: Scene, page: Page) -> None:
    """In a browser as it is: form, cookie, websocket."""
    root = scene.project.root
    set_role(root, "ada", Role.VIEWER)
    set_password(root / ".workbench" / "passwords", "ada", PASSWORD)
    served = Served(root, scene.clock)
    try:
        page.goto(f"{served.url}/overview?model=delay")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("wrong wrong wrong")
        page.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("not known here")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button").click()
        expect(page.get_by_text("viewer · times in")).to_be_visible(timeout=30_000)
        assert page.url.endswith("/overview?model=delay")
        scene.propose(2, 2)
        expect(page.get_by_text("2 waiting approvals")).to_be_visible(timeout=10_000)
        page.get_by_role("link", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible(timeout=10_000)
        page.goto(f"{served.url}/overview")
        expect(page.get_by_label("Password")).to_be_visible(timeout=10_000)
    finally:
        served.close()


def _listen(page: Page) -> tuple[list[str], list[str]]:
    """Return what the browser says of errors, and every address that it asks, as they come."""
    said: list[str] = []
    asked: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    def broke(error: Error) -> None:
        said.append(str(error))

    page.on("console", told)
    page.on("pageerror", broke)
    page.on("request", lambda request: asked.append(request.url))
    return said, asked
