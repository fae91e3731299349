from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.insight.scene import BEGIN, Scene
from tests.registry.models import MODEL
from tests.widgets.judged_models import booster, ledger_of, project_with_versions
from tests.widgets.seen import markup_of, until, widgets
from workbench.errors import AccessError, RejectedError, UnknownNameError, UsageError
from workbench.ledger.actor import local_actor
from workbench.registry.model import ModelState, read_model
from workbench.widgets import Promotion

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Version 1 is champion, 2 challenger with a quarter; a promotion of version 3 waits."""
    made = _scene(tmp_path / "shop")
    monkeypatch.chdir(made.project.root)
    yield made
    made.close()


def _scene(root: Path, say: Callable[[str], str] = str, extra: str = "") -> Scene:
    """Return the scene with but one gate declared, which each version has passed."""
    made = Scene(root, say, extra)
    path = root / "workbench.toml"
    text = path.read_text()
    begin, end = text.index("champion = {"), text.index("}\n", text.index("champion = {")) + 2
    path.write_text(text[:begin] + text[end:])
    made.all()
    return made


def _state(scene: Scene) -> ModelState:
    with ledger_of(scene.project) as ledger:
        return read_model(ledger, MODEL)


def test_it_tells_what_serves_what_waits_and_what_was_decided(scene: Scene) -> None:
    """Shares, the wish with its reason, versions, decisions; and who you are."""
    text = Promotion().text()
    assert "champion   version 1, 75 %" in text
    assert "challenger version 2, 25 %" in text
    assert "waits      version 3 as champion" in text
    assert "better by far" in text
    assert f"you are {local_actor().partition('@')[0]}, admin" in text
    assert "Version 1 became champion" in text
    assert scene.clock.now() > BEGIN


def test_an_approval_stands_in_the_ledger_under_ones_name(scene: Scene) -> None:
    """The only promotion that waits need not be named; then it rolls back."""
    promotion = Promotion(MODEL)
    told = promotion.approve(reason="agreed")
    assert told == promotion.told
    assert "Version 3, the champion" in told
    state = _state(scene)
    assert state.champion == 3
    assert (state.moves[-1].actor, state.promotions[1].decision.reason) == (local_actor(), "agreed")  # type: ignore[union-attr]
    assert promotion.deployment.champion.version == 3  # type: ignore[union-attr]
    promotion.roll_back(reason="callers complain")
    assert _state(scene).moves[-1].reason == "callers complain"
    assert _state(scene).champion == 1


def test_every_action_has_a_method(scene: Scene) -> None:
    """Traffic, shadow, reject, propose and promote, each with its reason."""
    promotion = Promotion(MODEL)
    promotion.set_traffic(0.5, reason="more of it")
    assert _state(scene).share == 0.5
    promotion.reject(1, reason="not now")
    assert _state(scene).promotions[1].state == "rejected"
    promotion.propose(3, reason="now")
    assert [each.version for each in _state(scene).pending] == [3]
    promotion.promote(2, reason="it is time")
    assert _state(scene).champion == 2


def test_a_shadow_listens_until_it_is_told_not_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a version whose files are what was recorded."""
    project = project_with_versions(tmp_path / "shop", booster(5), booster(10), policy="automatic")
    monkeypatch.chdir(project.root)
    promotion = Promotion()
    promotion.promote(1, reason="the first")
    promotion.promote(2, to="shadow", reason="listen first")
    assert [arm.version for arm in promotion.deployment.shadows] == [2]
    assert "shadows    version 2" in promotion.text()
    promotion.remove_shadow(2, reason="heard enough")
    assert promotion.deployment.shadows == ()
    with pytest.raises(RejectedError, match="answers"):
        promotion.promote(1, to="shadow", reason="x")


def test_what_cannot_be_done_is_refused_in_words(scene: Scene) -> None:
    """No reason, no such promotion, no such version, several or none that wait."""
    promotion = Promotion(MODEL)
    with pytest.raises(UsageError, match="A reason is needed"):
        promotion.approve(reason=" ")
    with pytest.raises(UnknownNameError, match="'9'"):
        promotion.propose(9, reason="x")
    promotion.reject(reason="no")
    with pytest.raises(UsageError, match="No promotion of 'delay' waits"):
        promotion.approve(reason="x")
    with pytest.raises(UnknownNameError, match="Did you mean 'delay'"):
        Promotion("dealy")
    assert scene.project.root.is_dir()


def test_a_viewer_may_look_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buttons are disabled and say why; methods refuse."""
    scene = _scene(tmp_path / "shop", extra='[access]\nusers = { somebody = "admin" }\n')
    scene.close()
    monkeypatch.chdir(scene.project.root)
    promotion = Promotion()
    with pytest.raises(AccessError, match="is viewer and may not"):
        promotion.roll_back(reason="x")
    for label in ("Approve", "Reject", "Propose", "Promote", "Set traffic", "Roll back"):
        button = _button(promotion.view, label)
        assert button.disabled
        assert "that needs" in button.tooltip
    promotion.close()


def test_a_button_names_what_follows_and_asks_for_a_reason(scene: Scene) -> None:
    """Nothing happens before the second button; then the page tells what did."""
    promotion = Promotion()
    view = promotion.view
    version, role = widgets(view, "Dropdown")
    version.value, role.value = 2, "champion"
    _button(view, "Promote").click()
    assert "Version 2, the new champion, will answer all callers instead of 25 %." in markup_of(promotion)
    assert _state(scene).champion == 1
    reason, sure = _asked(view, "Promote")
    assert sure.disabled
    reason.value = "it is time"
    sure.click()
    assert _state(scene).champion == 2
    assert "Version 2, the champion, answers all callers" in markup_of(promotion)
    promotion.close()


def test_what_is_done_is_what_was_said(scene: Scene) -> None:
    """Whatever is chosen above while the question stands."""
    promotion = Promotion()
    version, role = widgets(promotion.view, "Dropdown")
    version.value, role.value = 2, "champion"
    _button(promotion.view, "Promote").click()
    version.value = 1
    reason, sure = _asked(promotion.view, "Promote")
    reason.value = "it is time"
    sure.click()
    assert _state(scene).champion == 2
    promotion.close()


def test_nothing_is_done_about_what_has_changed_meanwhile(scene: Scene) -> None:
    """Between the first and the second button somebody else was faster."""
    promotion = Promotion()
    view = promotion.view
    _button(view, "Roll back").click()
    Promotion().set_traffic(0.9, reason="faster")
    reason, sure = _asked(view, "Roll back")
    reason.value = "it fails"
    sure.click()
    assert _state(scene).challenger == 2
    assert 'role="alert"' in markup_of(promotion)
    promotion.close()


def test_the_view_follows_the_ledger(scene: Scene) -> None:
    """What somebody else decides appears by itself."""
    promotion = Promotion()
    assert "waits to become champion" in markup_of(promotion)
    Promotion().reject(reason="no")
    until(lambda: "waits to become champion" not in markup_of(promotion))
    assert scene.project.root.is_dir()
    promotion.close()


def test_reasons_and_names_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the ledger becomes part of the page."""
    scene = _scene(tmp_path / "shop", say=lambda text: f"{ATTACK}{text}")
    scene.close()
    monkeypatch.chdir(scene.project.root)
    promotion = Promotion()
    assert ATTACK not in markup_of(promotion)
    assert "&lt;img" in markup_of(promotion)
    promotion.close()


def _button(view: Any, label: str) -> Any:
    return next(button for button in widgets(view, "Button") if button.description == label)


def _asked(view: Any, label: str) -> tuple[Any, Any]:
    """Return what takes the reason below a button, and what says yes."""
    boxes = [box for box in widgets(view, "VBox") if "wb-confirm" in box._dom_classes]
    box = next(box for box in boxes if widgets(box, "Button")[0].description == label)
    (reason,) = widgets(box, "Text")
    return reason, widgets(box, "Button")[1]
