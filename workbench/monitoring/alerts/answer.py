"""What a person says to an alert: I am on it, or it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import ConflictError, UsageError
from workbench.ledger import Append, NewEvent
from workbench.monitoring.alerts.alert import Alert, AlertState
from workbench.monitoring.alerts.change import ACKNOWLEDGED, RESOLVED, AlertChange, stream_of
from workbench.monitoring.alerts.state import find_alert, read_alerts

if TYPE_CHECKING:
    from workbench.ledger import Ledger

_TRIES = 50  # each lost try means that somebody else's write went through


def acknowledge(
    ledger: Ledger, name: str, *, reason: str = "", actor: str | None = None
) -> AlertChange | None:
    """Say that somebody is on an alert: it is not told again while it keeps firing.

    Returns:
        The change; None when somebody had acknowledged it already.

    Raises:
        UnknownNameError: there is no such alert.
        UsageError: it is resolved.
    """
    return _write(ledger, find_alert(ledger, name), ACKNOWLEDGED, reason, actor)


def resolve(ledger: Ledger, name: str, *, reason: str = "", actor: str | None = None) -> AlertChange | None:
    """Say that an alert is over: its rule fires anew only when later windows fail.

    Returns:
        The change; None when it was resolved already.

    Raises:
        UnknownNameError: there is no such alert.
    """
    return _write(ledger, find_alert(ledger, name), RESOLVED, reason, actor)


def _write(ledger: Ledger, alert: Alert, kind: str, reason: str, actor: str | None) -> AlertChange | None:
    for last in range(_TRIES, 0, -1):
        state = read_alerts(ledger, alert.model)
        found = state.alerts[alert.id]
        if found.state is (AlertState.ACKNOWLEDGED if kind == ACKNOWLEDGED else AlertState.RESOLVED):
            return None
        if found.state is AlertState.RESOLVED:
            raise UsageError(
                f"The alert {found.id} is resolved since {found.changed:%Y-%m-%d %H:%M} UTC.",
                hint="There is nothing to be done about it; `workbench alerts list` shows those that fire.",
            )
        event = NewEvent(kind, {**found.facts(), "reason": reason}, subject=found.model, key=found.id)
        try:
            state.take(ledger.append(Append(stream_of(found.model), state.version, (event,)), actor=actor))
        except ConflictError:
            if last == 1:
                raise
            continue
        return AlertChange(kind, state.alerts[found.id])
    raise AssertionError("unreachable: the last try returns or raises")
