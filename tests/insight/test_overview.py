"""The overview's data: each model in one card."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.insight.scene import BEGIN, DAY, RUN, Scene
from tests.registry.models import MODEL, make_project
from workbench.access import Person, Role
from workbench.clock import ManualClock
from workbench.insight import Store
from workbench.insight.overview import Health, Serving, overview
from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict

VIEWER = Person("eve", Role.VIEWER, "eve@dashboards")


def test_a_card_says_what_serves_how_it_is_and_what_waits(store: Store) -> None:
    """Champion and challenger with their traffic, three answers in words, the alert and the wish."""
    (card,) = overview(store, VIEWER)
    assert card.name == MODEL
    assert card.serving == (Serving(1, "champion", 0.75, BEGIN), Serving(2, "challenger", 0.25, BEGIN))
    assert card.health == (
        Health("quality", Verdict.PASS, "1 check passed."),
        Health("drift", Verdict.FAIL, "carrier: it moved"),
        Health("latency", Verdict.INCONCLUSIVE, "latency: no source"),
    )
    assert card.window == (BEGIN, BEGIN + 7 * DAY)
    assert card.trained == (3, BEGIN)
    assert card.run is not None
    assert card.run.id == RUN
    assert [alert.id for alert in card.alerts] == ["drift-1"]
    assert [(wish.version, wish.alias) for wish in card.waiting] == [(3, "champion")]


def test_a_model_that_nobody_trained_yet_has_an_empty_card(tmp_path: Path) -> None:
    """Nothing is made up."""
    store = Store(make_project(tmp_path / "shop"), ManualClock(BEGIN), patience=20)
    store.refresh()
    (card,) = overview(store, VIEWER)
    assert (card.serving, card.window, card.trained, card.run) == ((), None, None, None)
    assert {health.verdict for health in card.health} == {None}
    store.close()


def test_a_reason_names_the_first_failures_and_counts_the_rest(scene: Scene, store: Store) -> None:
    """Fifty columns that drifted fit in a line."""
    scene.clock.advance(timedelta(days=7))
    scene.window(*(Check("drift", f"column_{n}", Verdict.FAIL, "moved") for n in range(50)))
    store.refresh()
    drift = overview(store, VIEWER)[0].health[1]
    assert drift.reason == "column_0: moved · column_1: moved · column_2: moved · and 47 more"


def test_models_that_need_somebody_come_first(scene: Scene, store: Store) -> None:
    """An alert before a wish that waits, a wish before nothing."""
    for name in ("aaa", "zzz"):
        wish = {"promotion": 1, "version": 1, "alias": "champion", "replaces": None, "policy": "one-approval"}
        if name == "zzz":
            scene.write(
                f"model/{name}", "promotion.proposed", {**wish, "run": "", "reason": ""}, subject=name
            )
        else:
            scene.write(f"model/{name}", "alias.strayed", {"alias": "champion", "ledger": None, "shown": 1})
    store.refresh()
    assert [card.name for card in overview(store, VIEWER)] == [MODEL, "zzz", "aaa"]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_with_a_role_may_look(store: Store, role: Role) -> None:
    """The overview asks for no more."""
    assert overview(store, Person("ada", role, "ada@dashboards"))
