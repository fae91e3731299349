"""When somebody was told that a model is not well: alerts, from the first to the last of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.monitoring.alerts.change import ACKNOWLEDGED as ANSWERED
from workbench.monitoring.alerts.change import FIRED, RESOLVED
from workbench.rehearsal.moment import ACKNOWLEDGED, ALERT, Moment

if TYPE_CHECKING:
    from workbench.ledger import Event

_TOLD = 4  # checks that are named


def alarms(events: Sequence[Event]) -> Iterator[Moment]:
    """Yield each alert with the time at which it was resolved, and each word of a person about one.

    Args:
        events: of the stream of a model's alerts, in order.
    """
    over = {event.data["alert"]: event.at for event in reversed(events) if event.kind == RESOLVED}
    for event in events:
        name = event.data.get("alert", "")
        if event.kind == FIRED:
            what = f"{name}: {_names(event.data)}"
            yield _moment(event, ALERT, what, _why(event.data), until=over.get(name))
        elif event.kind == ANSWERED:
            yield _moment(event, ACKNOWLEDGED, f"{name} was acknowledged", event.data.get("reason", ""))


def _names(data: Mapping[str, Any]) -> str:
    """Return what failed, in a few words: `drift of temp, wind and 3 more`."""
    by_kind: dict[str, list[str]] = {}
    for check in _worst_first(data):
        by_kind.setdefault(check["kind"].replace("_", " "), []).append(check["name"])
    parts = []
    for kind, names in by_kind.items():
        distinct = list(dict.fromkeys(names))
        more = f" and {len(distinct) - _TOLD} more" if len(distinct) > _TOLD else ""
        parts.append(f"{kind} of {', '.join(distinct[:_TOLD])}{more}")
    return "; ".join(parts) or data.get("severity", "it fired")


def _why(data: Mapping[str, Any]) -> str:
    notes = [f"{check['name']}: {check['note']}" for check in _worst_first(data) if check.get("note")]
    return "; ".join(notes[:2])


def _worst_first(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the checks that failed, those first that the alert's cause names as the worst."""
    cause = data.get("cause", {})
    worst = [_key(each) for name in ("features", "slices") for each in cause.get(name, ())]
    place = {key: number for number, key in reversed(list(enumerate(worst)))}
    return sorted(data.get("checks", ()), key=lambda each: place.get(_key(each), len(worst)))


def _key(check: Mapping[str, Any]) -> tuple[str, str]:
    return check["kind"], check["name"]


def _moment(event: Event, kind: str, what: str, why: str, until: Any = None) -> Moment:
    run = event.data.get("run") or ""
    return Moment(
        event.at,
        kind,
        what,
        event.actor,
        why,
        event.position,
        event.stream,
        event.kind,
        None,
        run,
        until,
    )
