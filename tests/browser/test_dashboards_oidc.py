"""Signing in at an identity provider in a browser as it is: redirects, cookies, policies, websocket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.living import lives
from tests.dashboards.identity import SECRET, Identity
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from workbench.access import Role, set_role

pytestmark = pytest.mark.browser


@pytest.fixture
def identity() -> Iterator[Identity]:
    """A provider that knows Ada, and Bob whose email nobody has verified."""
    made = Identity()
    made.people["ada"] = {"email": "ada@example.com", "email_verified": True}
    made.people["bob"] = {"email": "bob@example.com", "email_verified": False}
    yield made
    made.stop()


@pytest.fixture
def served(tmp_path: Path, identity: Identity) -> Iterator[Served]:
    """A project in which Ada approves, served."""
    scene = Scene(tmp_path / "shop", extra=identity.toml)
    scene.all()
    scene.close()
    set_role(scene.project.root, "ada@example.com", Role.APPROVER)
    os.environ["WORKBENCH_OIDC_SECRET"] = SECRET
    made = Served(scene.project.root, scene.clock)
    yield made
    made.close()


def test_ada_comes_in_by_her_provider_and_goes_out_again(
    served: Served, browser: Browser, page: Page
) -> None:
    """To the page that she asked for; a copy of her cookie is worth nothing afterwards."""
    said: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", told)
    page.goto(f"{served.url}/deployments?model=delay")
    page.get_by_role("link", name="Sign in at 127.0.0.1").click()
    page.get_by_label("Who are you?").fill("ada")
    page.get_by_role("button", name="Go on").click()
    lives(page, 60)
    assert page.url == f"{served.url}/deployments?model=delay"
    expect(page.get_by_text("ada@example.com").first).to_be_visible()
    expect(page.get_by_text("approver · times in")).to_be_visible()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled(timeout=30_000)
    assert not said
    kept = page.context.storage_state()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("may still know you", timeout=15_000)
    copy = browser.new_context(storage_state=kept)
    other = copy.new_page()
    other.goto(f"{served.url}/overview")
    expect(other.get_by_role("link", name="Sign in at 127.0.0.1")).to_be_visible(timeout=15_000)
    copy.close()


def test_whom_the_provider_is_not_sure_of_stays_out(served: Served, browser: Browser) -> None:
    """And reads why, on the page from which to begin anew."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/overview")
    page.get_by_role("link", name="Sign in at").click()
    page.get_by_label("Who are you?").fill("bob")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("has not verified that bob@example.com")
    expect(page.get_by_role("link", name="Sign in at")).to_be_visible()
    context.close()
