"""A model's alerts, folded from the events of their stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.errors import UnknownNameError, UsageError
from workbench.monitoring.alerts.alert import Alert, AlertState, Told, Untold
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
    from workbench.ledger import Event, Ledger


@dataclass
class ModelAlerts:
    """The alerts of one model.

    Attributes:
        alerts: by id, in the order in which they fired.
        version: of the stream, for a write that expects nothing to have happened since.
    """

    model: str
    alerts: dict[str, Alert] = field(default_factory=dict)
    version: int = 0

    @property
    def open(self) -> list[Alert]:
        """Those that fire or are acknowledged."""
        return [alert for alert in self.alerts.values() if alert.state.is_open]

    def last(self, rule: str) -> Alert | None:
        """Return the newest alert of a rule, None when it never fired."""
        return next((alert for alert in reversed(self.alerts.values()) if alert.rule == rule), None)

    def next_id(self, rule: str) -> str:
        """Return what the next alert of a rule is called."""
        return f"{rule}-{1 + sum(alert.rule == rule for alert in self.alerts.values())}"

    def copy(self) -> ModelAlerts:
        """Return alerts that move on by themselves; what they hold never changes and is shared."""
        return ModelAlerts(self.model, dict(self.alerts), self.version)

    def take(self, events: Iterable[Event]) -> None:
        """Take in events of the stream, in order; kinds that a later workbench may write are left alone."""
        for event in events:
            step = _STEPS.get(event.kind)
            if step is not None:
                alert = step(self.alerts, event)
                self.alerts[alert.id] = alert
            self.version = event.version


def read_alerts(ledger: Ledger, model: str) -> ModelAlerts:
    """Return a model's alerts; what this process has read of a ledger before is not read again."""
    known = _read.setdefault(ledger, {})
    state = known[model].copy() if model in known else ModelAlerts(model)
    news = ledger.read(stream_of(model), after=state.version)
    if news:
        state.take(news)
        known[model] = state.copy()
    return state


def list_alerts(ledger: Ledger, model: str | None = None) -> list[Alert]:
    """Return all alerts, of one model if asked, the newest first."""
    models = sorted({event.subject for event in ledger.find(kinds=(FIRED,), subject=model)})
    alerts = [alert for name in models for alert in read_alerts(ledger, name).alerts.values()]
    return sorted(alerts, key=lambda alert: alert.at, reverse=True)


def find_alert(ledger: Ledger, name: str) -> Alert:
    """Return an alert by its id, or by `MODEL/ID` where two models have one of that id.

    Raises:
        UnknownNameError: there is none.
        UsageError: there are several.
    """
    alerts = list_alerts(ledger)
    found = [alert for alert in alerts if name in (alert.id, f"{alert.model}/{alert.id}")]
    if not found:
        hint = "" if alerts else "No alert has fired yet."
        raise UnknownNameError("alert", name, [alert.id for alert in alerts], hint=hint)
    if len(found) > 1:
        whole = " or ".join(sorted(f"{alert.model}/{alert.id}" for alert in found))
        raise UsageError(f"Several models have an alert {name!r}.", hint=f"Write {whole}.")
    return found[0]


def _fired(_alerts: dict[str, Alert], event: Event) -> Alert:
    data = event.data
    return Alert(
        id=data["alert"],
        rule=data["rule"],
        model=data["model"],
        severity=data["severity"],
        state=AlertState.FIRING,
        at=event.at,
        changed=event.at,
        since=datetime.fromisoformat(data["since"]),
        until=datetime.fromisoformat(data["until"]),
        windows=data["windows"],
        run=data["run"],
        checks=tuple(data["checks"]),
        cause=data["cause"],
        by=event.actor,
    )


def _repeated(alerts: dict[str, Alert], event: Event) -> Alert:
    data = event.data
    return replace(
        alerts[data["alert"]],
        severity=data["severity"],
        until=datetime.fromisoformat(data["until"]),
        windows=data["windows"],
        run=data["run"],
        checks=tuple(data["checks"]),
        cause=data["cause"],
    )


def _acknowledged(alerts: dict[str, Alert], event: Event) -> Alert:
    return _answered(alerts, event, AlertState.ACKNOWLEDGED)


def _resolved(alerts: dict[str, Alert], event: Event) -> Alert:
    return _answered(alerts, event, AlertState.RESOLVED)


def _answered(alerts: dict[str, Alert], event: Event, state: AlertState) -> Alert:
    alert, reason = alerts[event.data["alert"]], event.data["reason"]
    return replace(alert, state=state, changed=event.at, by=event.actor, reason=reason)


def _notified(alerts: dict[str, Alert], event: Event) -> Alert:
    alert, channel = alerts[event.data["alert"]], event.data["channel"]
    until = datetime.fromisoformat(event.data["until"])
    told = {**alert.told, channel: Told(event.data["what"], event.at, until)}
    untold = {name: untold for name, untold in alert.untold.items() if name != channel}
    return replace(alert, told=told, untold=untold)


def _unnotified(alerts: dict[str, Alert], event: Event) -> Alert:
    alert, channel = alerts[event.data["alert"]], event.data["channel"]
    before = alert.untold[channel].times if channel in alert.untold else 0
    untold = {**alert.untold, channel: Untold(event.at, event.data["error"], before + 1)}
    return replace(alert, untold=untold)


_STEPS = {
    FIRED: _fired,
    REPEATED: _repeated,
    ACKNOWLEDGED: _acknowledged,
    RESOLVED: _resolved,
    NOTIFIED: _notified,
    UNNOTIFIED: _unnotified,
}
_read: WeakKeyDictionary[Ledger, dict[str, ModelAlerts]] = WeakKeyDictionary()
