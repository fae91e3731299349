"""A model's card in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.registry.models import gates
from tests.registry.story import Story
from workbench.clock import ManualClock
from workbench.ledger import MemoryLedger
from workbench.registry.card import as_page, model_card


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_shows_its_four_answers_without_scrolling(
    page: Page, tmp_path: Path, clock: ManualClock, scheme: str
) -> None:
    """Nothing is asked of the network, nothing runs, nothing is wider than a phone."""
    story = Story(tmp_path / "shop", MemoryLedger(clock), policy="automatic")
    story.judge(gates())
    story.promote("a", reason="<img src=x onerror=alert(1)>")
    card = model_card(story.state.versions[1], ledger=story.ledger, project=story.project)
    path = tmp_path / "card.html"
    path.write_text(as_page(card), encoding="utf-8")
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url[:5]))
    page.on("console", lambda message: said.append(message.text))
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path.as_uri())
    assert set(asked) <= {"file:", "data:"}
    assert said == []
    for question in ("Trained on what?", "Good at what?", "Bad for whom?", "Approved by whom?"):
        box = page.get_by_role("heading", name=question).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 1000
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() >= 1
    assert page.locator("img").count() == 1
    assert page.evaluate("document.images[0].naturalWidth") == 1
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
