"""A model's alerts as people see them, and what people may say to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError
from workbench.monitoring import alerts as answers
from workbench.monitoring.alerts.change import (
    ACKNOWLEDGED,
    FIRED,
    NOTIFIED,
    REPEATED,
    RESOLVED,
    UNNOTIFIED,
    stream_of,
)

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.ledger import Event
    from workbench.monitoring.alerts import Alert


@dataclass(frozen=True)
class AlertStep:
    """Something that happened to an alert.

    Attributes:
        at: project time.
        what: fired, repeated, acknowledged, resolved, told or not told.
        by: who did it; the channel's name where somebody was told.
        reason: as it was given; the error where nobody could be told.
    """

    at: datetime
    what: str
    by: str
    reason: str


def alerts(store: Store, person: Person, model: str) -> tuple[Alert, ...]:
    """Return a model's alerts, those that are open first, the newest first.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    store.model(model)
    return tuple(sorted(store.alerts(model), key=lambda alert: not alert.state.is_open))


def alert_steps(store: Store, person: Person, model: str, alert: str) -> tuple[AlertStep, ...]:
    """Return what happened to an alert, the oldest first; read from the ledger.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or alert.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    _known(store, model, alert)
    events = store.ledger.read(stream_of(model))
    return tuple(
        _step(event) for event in events if event.data.get("alert") == alert and event.kind in _WORDS
    )


def acknowledge(store: Store, person: Person, alert: str, *, reason: str) -> str:
    """Say that somebody is on an alert, in their name, and return what that came to.

    Args:
        store: of the project.
        person: who says so.
        alert: its id, or `MODEL/ID` where two models have one of that id.
        reason: for the ledger.

    Raises:
        AccessError: the person may not.
        UnknownNameError: there is no such alert.
        UsageError: it is resolved, or several models have one of that id.
        StorageError: the ledger cannot be written.
    """
    person.require("acknowledge")
    change = answers.acknowledge(store.ledger, alert, reason=reason, actor=person.actor)
    store.catch_up()
    if change is None:
        return f"Somebody had acknowledged {alert} already."
    return f"{change.alert.id} is acknowledged: {person.name} is on it."


def acknowledge_consequence(store: Store, person: Person, alert: str) -> str:
    """Return what acknowledging an alert would do, in words.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    found = _one(store, alert)
    return (
        f"{person.name} is on {found.id}. Nobody is told again while the rule {found.rule} keeps failing; "
        "the alert stays open until windows pass again, or until somebody resolves it."
    )


def resolve(store: Store, person: Person, alert: str, *, reason: str) -> str:
    """Say that an alert is over, in a person's name, and return what that came to; see `acknowledge`.

    Channels that heard that it fires hear that it is over.

    Raises:
        AccessError: the person may not.
        UnknownNameError: there is no such alert.
        UsageError: several models have an alert of that id.
        StorageError: the ledger cannot be written.
    """
    person.require("acknowledge")
    ledger = store.ledger
    change = answers.resolve(ledger, alert, reason=reason, actor=person.actor)
    store.catch_up()
    if change is None:
        return f"{alert} was resolved already."
    answers.tell(store.project, ledger, (change,), now=store.now())
    store.catch_up()
    return f"{change.alert.id} is resolved. Its rule fires anew when later windows fail."


def resolve_consequence(store: Store, person: Person, alert: str) -> str:
    """Return what resolving an alert would do, in words.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    found = _one(store, alert)
    heard = sorted(name for name, told in found.told.items() if told.what != "resolved")
    told = f"{', '.join(heard)} will hear that it is over" if heard else "No channel has heard of it"
    return (
        f"{found.id} is over: it does not count as open any more. {told}. The rule {found.rule} fires anew "
        "only when windows after this one fail."
    )


def _one(store: Store, name: str) -> Alert:
    for alert in store.alerts():
        if name in (alert.id, f"{alert.model}/{alert.id}"):
            return alert
    raise UnknownNameError("alert", name, [alert.id for alert in store.alerts()])


def _known(store: Store, model: str, alert: str) -> None:
    store.model(model)
    known = [each.id for each in store.alerts(model)]
    if alert not in known:
        raise UnknownNameError("alert", alert, known)


_WORDS: Mapping[str, str] = {
    FIRED: "fired",
    REPEATED: "repeated",
    ACKNOWLEDGED: "acknowledged",
    RESOLVED: "resolved",
    NOTIFIED: "told",
    UNNOTIFIED: "not told",
}


def _step(event: Event) -> AlertStep:
    data = event.data
    by = data.get("channel", event.actor)
    return AlertStep(event.at, _WORDS[event.kind], by, data.get("reason", "") or data.get("error", ""))
