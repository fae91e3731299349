"""What people say to alerts: under their name, with their reason, in the ledger."""

from __future__ import annotations

import pytest

from tests.insight.scene import Scene
from tests.insight.weeks import OPERATOR, VIEWER
from tests.registry.models import MODEL
from workbench.access import Person, Role
from workbench.errors import AccessError, UnknownNameError, UsageError
from workbench.insight import Store
from workbench.insight.drift import (
    acknowledge,
    acknowledge_consequence,
    alert_steps,
    alerts,
    resolve,
    resolve_consequence,
)
from workbench.monitoring.alerts import AlertState


def test_acknowledging_is_in_the_ledger_under_the_persons_name(scene: Scene, store: Store) -> None:
    """With the reason that they gave; and it is seen at once."""
    assert "Nobody is told again" in acknowledge_consequence(store, OPERATOR, "drift-1")
    said = acknowledge(store, OPERATOR, f"{MODEL}/drift-1", reason="a storm, I watch it")
    assert said == "drift-1 is acknowledged: olga is on it."
    event = scene.ledger.read(f"alert/{MODEL}")[-1]
    assert (event.kind, event.actor) == ("alert.acknowledged", "olga@dashboards")
    assert event.data["reason"] == "a storm, I watch it"
    (alert,) = alerts(store, VIEWER, MODEL)
    assert (alert.state, alert.by) == (AlertState.ACKNOWLEDGED, "olga@dashboards")
    assert acknowledge(store, OPERATOR, "drift-1", reason="me, too") == (
        "Somebody had acknowledged drift-1 already."
    )


def test_resolving_ends_it_and_what_happened_stays(scene: Scene, store: Store) -> None:
    """Both answers stand in its history, each with who and why."""
    acknowledge(store, OPERATOR, "drift-1", reason="on it")
    assert "does not count as open" in resolve_consequence(store, VIEWER, "drift-1")
    resolve(store, OPERATOR, "drift-1", reason="the sensor was mended")
    assert [(step.what, step.by, step.reason) for step in alert_steps(store, VIEWER, MODEL, "drift-1")] == [
        ("fired", "ada@desk", ""),
        ("acknowledged", "olga@dashboards", "on it"),
        ("resolved", "olga@dashboards", "the sensor was mended"),
    ]
    assert resolve(store, OPERATOR, "drift-1", reason="again") == "drift-1 was resolved already."
    with pytest.raises(UsageError, match="is resolved since"):
        acknowledge(store, OPERATOR, "drift-1", reason="too late")


@pytest.mark.parametrize("act", [acknowledge, resolve])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.SCIENTIST, Role.APPROVER])
def test_who_may_not_answer_leaves_no_trace(scene: Scene, store: Store, role: Role, act: object) -> None:
    """However they came to the function."""
    before = scene.ledger.version(f"alert/{MODEL}")
    with pytest.raises(AccessError, match="may not acknowledge"):
        act(store, Person("eve", role, "eve@dashboards"), "drift-1", reason="mine")  # type: ignore[operator]
    assert scene.ledger.version(f"alert/{MODEL}") == before


def test_open_alerts_come_first(scene: Scene, store: Store) -> None:
    """Then those that are over, the newest first."""
    resolve(store, OPERATOR, "drift-1", reason="over")
    scene.alert(2)
    store.refresh()
    assert [alert.id for alert in alerts(store, VIEWER, MODEL)] == ["drift-2", "drift-1"]


def test_an_alert_that_is_not_there_is_told_by_its_name(store: Store) -> None:
    for ask in (acknowledge_consequence, resolve_consequence):
        with pytest.raises(UnknownNameError):
            ask(store, OPERATOR, "nothing-9")
    with pytest.raises(UnknownNameError):
        alert_steps(store, VIEWER, MODEL, "nothing-9")
