"""What those are told who have to do something about an alert: plain text, whatever names are like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.monitoring.alerts.alert import SEVERITIES, Alert, AlertState

_LONGEST = 200
_CALLED = str.maketrans({"@": "@\u200b"})  # nobody is called by a category named @everyone
_VERBS = {"fired": "fires", "repeated": "still fires", "resolved": "is resolved"}
_STATES = {
    AlertState.FIRING: "fires",
    AlertState.ACKNOWLEDGED: "is acknowledged",
    AlertState.RESOLVED: "is resolved",
}


@dataclass(frozen=True)
class Message:
    """A message to a channel.

    Attributes:
        severity: the greatest of what it tells; `resolved` when all is over.
    """

    title: str
    body: str
    severity: str


def compose(project: str, notices: Sequence[tuple[str, Alert]]) -> Message:
    """Return one message about some alerts.

    Args:
        project: its name.
        notices: for each alert what happened to it, `fired`, `repeated` or `resolved`, and the alert.
    """
    alerts = [alert for _, alert in notices]
    over = all(what == "resolved" for what, _ in notices)
    worst = max((alert.severity for alert in alerts), key=SEVERITIES.index)
    names = ", ".join(f"{alert.rule} of {alert.model} {_VERBS[what]}" for what, alert in notices)
    body = "\n\n".join("\n".join(_lines(what, alert)) for what, alert in notices)
    severity = "resolved" if over else worst
    return Message(plain(f"[{severity}] {project}: {names}"), body, severity)


def plain(text: object, longest: int = _LONGEST) -> str:
    """Return a text as one line without control characters, shortened when it is long.

    Column names and categories come from data; so a message cannot be given other lines by them, and a
    terminal no orders.
    """
    whole = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(text))
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"


def check_line(check: Mapping[str, Any]) -> str:
    """Return a check as one line: `drift temp: 0.31, limit 0.1 (wasserstein), warmer than ever`."""
    version = f" of version {check['version']}" if "version" in check else ""
    arm = f" ({plain(check['arm'])})" if check.get("arm") else ""
    measured = [f"{check['value']:.4g}" if "value" in check else check["verdict"]]
    if "lower" in check and "upper" in check:
        measured.append(f"between {check['lower']:.4g} and {check['upper']:.4g}")
    if "limit" in check:
        measured.append(f"limit {check['limit']:.4g}")
    method = f" ({plain(check['method'])})" if check.get("method") else ""
    note = f", {plain(check['note'])}" if check.get("note") else ""
    return f"{check['kind']} {plain(check['name'])}{version}{arm}: {', '.join(measured)}{method}{note}"


def period(since: datetime | str, until: datetime | str) -> str:
    """Return a period in UTC: days where both ends are midnights, moments to the minute otherwise."""
    ends = [datetime.fromisoformat(end) if isinstance(end, str) else end for end in (since, until)]
    days = all(end.hour == end.minute == 0 for end in ends)
    return " to ".join(f"{end:%Y-%m-%d}" if days else f"{end:%Y-%m-%d %H:%M}" for end in ends)


def describe(alert: Alert) -> Iterator[str]:
    """Yield the lines that say what an alert is about, as it is now, with its cause."""
    yield from _head(alert, _STATES[alert.state])
    if alert.state is not AlertState.FIRING:
        yield _answer(alert)
    yield from _because(alert)


def _lines(what: str, alert: Alert) -> Iterator[str]:
    yield from _head(alert, _VERBS[what])
    if what == "resolved":
        yield _answer(alert)
        return
    yield from _because(alert)
    yield f"More: workbench alerts show {alert.id}"


def _head(alert: Alert, verb: str) -> Iterator[str]:
    yield f"{alert.id}: {alert.rule} of {alert.model} {verb} ({alert.severity})."
    failed = "1 window" if alert.windows == 1 else f"{alert.windows} windows"
    yield f"{failed} failed, {period(alert.since, alert.until)} UTC."


def _answer(alert: Alert) -> str:
    said = alert.state.value.capitalize()
    why = plain(alert.reason) or "no reason given"
    return f"{said} {alert.changed:%Y-%m-%d %H:%M} UTC by {plain(alert.by)}: {why}."


def _because(alert: Alert) -> Iterator[str]:
    cause = alert.cause
    for heading, key in (("Worst", "features"), ("Slices", "slices")):
        yield from _listed(heading, [check_line(check) for check in cause.get(key, ())])
    good = cause.get("good")
    since = f"the last good window ({period(good['since'], good['until'])})" if good else "it began"
    changes = [f"{change['at'][:16]} {plain(change['what'])}" for change in cause.get("changes", ())]
    drifted = ", ".join(plain(name) for name in cause.get("drifted", ()))
    yield from _listed(f"Since {since}", [*changes, *([f"drifted anew: {drifted}"] if drifted else [])])
    if cause.get("notebook"):
        yield f"Notebook: {plain(cause['notebook'])}"


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{heading}:"
        yield from (f"  {line.translate(_CALLED)}" for line in lines)
