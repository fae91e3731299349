"""Addresses that name what is not there, and pages without a mouse."""

from __future__ import annotations

import logging
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.scene import RUN, Scene

pytestmark = pytest.mark.browser

LONG = "x" * 3000
STRAY = {
    "experiments?tab=nope": "There is no tab 'nope' here",
    f"experiments?run={RUN}&stage=nope": "There is no stage 'nope' here",
    "drift?model=nope": "There is no model 'nope' here",
    f"drift?tab=3&slice={LONG}": f"There is no slice '{LONG[:60]}' here",
    "drift?alert=nope": "There is no alert 'nope' here",
    "deployments?version=99": "There is no version '99' here",
    "deployments?promotion=nope&tab=[[": "There is no promotion 'nope', tab '[[' here",
    f"experiments?run={LONG}": "This run cannot be shown",
    "experiments?compare=a,b": "These runs cannot be shown",
}


def test_what_an_address_names_and_there_is_not_is_said_and_the_usual_is_shown(
    scene: Scene, served: Served, page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    """In words, on a page that is no wider than its window; nothing breaks in the browser or in the log."""
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    for address, said in STRAY.items():
        page.goto(f"{served.url}/{address}")
        lives(page)
        expect(page.get_by_text(said).first, address).to_be_visible(timeout=15_000)
        expect(page.locator("main").get_by_role("heading").first, address).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1400, address
    assert not broken
    assert not [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


def test_what_was_not_there_is_forgotten_once_somebody_chooses(served: Served, page: Page) -> None:
    """The sentence is about the address, which then says something else."""
    page.goto(f"{served.url}/deployments?tab=nope")
    lives(page)
    said = page.get_by_text("There is no tab 'nope' here")
    expect(said).to_be_visible(timeout=15_000)
    page.get_by_role("tab", name="History").click()
    expect(said).to_have_count(0, timeout=15_000)


def test_a_decision_is_made_by_keyboard_alone(scene: Scene, served: Served, page: Page) -> None:
    """From the top of the page to a confirmed rejection, and every stop on the way shows where one is."""
    page.goto(f"{served.url}/overview")
    lives(page)
    _go(page, "Deployments")
    page.keyboard.press("Enter")
    page.wait_for_url("**/deployments*")
    lives(page)
    _go(page, "Reject")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("what serves stays as it is", timeout=15_000)
    _go(page, "Reason, for the record")
    page.keyboard.type("not in March")
    _go(page, "Reject")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0, timeout=15_000)
    assert scene.ledger.find()[-1].data["reason"] == "not in March"
    _go(page, "Requests")
    for name in ("Challenger", "Versions", "History"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true", timeout=15_000)


_STEP = "way => { setTimeout(() => history[way]()) }"
"""Playwright's own waits for a load, and is told that it was broken off where the page loads itself anew."""

_FOCUSED = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (!at || at === document.body) return null
  const look = getComputedStyle(at)
  return {
    name: (at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || "").trim(),
    seen: look.outlineStyle !== "none" || look.boxShadow !== "none",
  }
}"""


def _go(page: Page, name: str) -> None:
    """Press Tab until something of a name has the focus."""
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED)
        if at is None:
            continue
        assert at["seen"], f"nothing shows that {at['name']!r} has the focus"
        stops.append(at["name"])
        if at["name"] == name:
            return
    raise AssertionError(f"{name} cannot be reached; stops: {stops}")


def test_who_goes_back_sees_what_was_there_before(served: Served, page: Page) -> None:
    """Each choice is a step, the words of a search are one; forward leads there again."""
    page.goto(f"{served.url}/deployments")
    lives(page)
    page.get_by_role("tab", name="History").click()
    expect(page).to_have_url(re.compile("tab=3"), timeout=15_000)
    page.evaluate(_STEP, "back")
    expect(page.get_by_role("tab", name="Requests")).to_have_attribute(
        "aria-selected", "true", timeout=30_000
    )
    lives(page)
    page.evaluate(_STEP, "forward")
    expect(page.get_by_role("tab", name="History")).to_have_attribute("aria-selected", "true", timeout=30_000)
    lives(page)
    page.goto(f"{served.url}/experiments")
    lives(page)
    search = page.get_by_role("searchbox", name="Search")
    for words in ("tr", "train"):
        search.fill(words)
        expect(page).to_have_url(re.compile(f"q={words}$"), timeout=15_000)
    page.evaluate(_STEP, "back")
    expect(page).to_have_url(re.compile("deployments"), timeout=30_000)


def test_a_dialog_that_is_left_leads_back_to_its_button(served: Served, page: Page) -> None:
    """Whoever has no mouse goes on from where they were."""
    page.goto(f"{served.url}/deployments")
    lives(page)
    _go(page, "Reject")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=15_000)
    at = page.evaluate(_FOCUSED)
    assert at
    assert at["name"] == "Reject"


def test_the_button_of_the_navigation_says_whether_it_is_seen(served: Served, page: Page) -> None:
    """On a wide screen it is there from the beginning, on a narrow one it is not."""
    page.goto(f"{served.url}/overview")
    button = lives(page).get_by_role("button", name="Navigation")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    button.click()
    page.set_viewport_size({"width": 400, "height": 800})
    expect(button).to_have_attribute("aria-expanded", "false", timeout=10_000)
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
