"""What changes while the browser still builds a page, or is new on it, stands on the page and can be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from tests.registry.models import MODEL

pytestmark = pytest.mark.browser

CONTROLS = "**/controls.js*"
"""What every control is built with."""


@contextmanager
def building(page: Page, address: str) -> Iterator[None]:
    """Open a page that is built only when the block ends."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(CONTROLS, hold)
    page.goto(address)
    while not held:
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)  # the parts have come; those that need no control are being built
    yield
    for route in held:
        route.continue_()
    page.unroute(CONTROLS)


def test_what_changes_while_a_page_is_built_stands_on_it(scene: Scene, served: Served, page: Page) -> None:
    """A button that there was none of when the browser asked for the page's parts."""
    scene.move("challenger", 2, None)
    button = page.get_by_role("button", name="Withdraw challenger", exact=True)
    with building(page, f"{served.url}/deployments?model={MODEL}"):
        scene.move("challenger", None, 2)
        page.wait_for_timeout(2500)  # two looks of the page at the ledger
        assert page.locator("html[data-lives]").count() == 0
    lives(page)
    expect(button).to_have_count(1, timeout=3000)
    button.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_word_about_what_is_new_is_short(scene: Scene, served: Served, page: Page) -> None:
    """The browser names what the server has just sent; it does not send all of it back."""
    scene.move("challenger", 2, None)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(str(text))))
    page.goto(f"{served.url}/deployments?model={MODEL}")
    button = lives(page).get_by_role("button", name="Withdraw challenger", exact=True)
    expect(button).to_have_count(0)
    scene.move("challenger", None, 2)
    expect(button).to_have_count(1, timeout=10_000)
    button.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    (asked,) = [text for text in sent if '"ask"' in text]
    assert '"attributes"' not in asked


def test_what_changes_beside_a_part_that_is_not_built_yet_stands_on_the_page(
    scene: Scene, page: Page
) -> None:
    """On a page of the project's own: a list that follows the ledger, and a control below it."""
    (scene.project.root / "dashboards").mkdir(exist_ok=True)
    (scene.project.root / "dashboards" / "own.py").write_text(OWN)
    served = Served(scene.project.root, scene.clock)
    try:
        with building(page, f"{served.url}/own"):
            scene.version(9)
            page.wait_for_timeout(2500)
        lives(page)
        expect(page.get_by_text("Version 9")).to_be_visible(timeout=3000)
        expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    finally:
        served.close()


OWN = """
import panel as pn
from workbench.dashboards.app.components import Live, TextInput, block, html
from workbench.dashboards.app.page import Page


def view(store, person, location):
    def draw(numbers):
        return pn.Column(*(block(html("Version {number}", number=number)) for number in numbers))

    live = Live(store, lambda: sorted(store.models()[0].versions), draw, "model")
    return pn.Column(live.panel, TextInput(label="Note"))


page = Page("own", "Own", view)
"""
