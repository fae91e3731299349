"""What triggers wait for: an alert, a dataset's new version, labels, time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from workbench.duration import format_duration
from workbench.ledger import Event
from workbench.monitoring.alerts.change import FIRED, REPEATED, RESOLVED, stream_of
from workbench.project.automation import TriggerConfig
from workbench.scheduling.history import History
from workbench.workspace import Workspace

_FIRING = (FIRED, REPEATED)
_COMMITTED = "entry.committed"


class Cause(NamedTuple):
    """Something that has happened since a trigger started its pipeline last.

    Attributes:
        because: in words, for the run.
        identity: of the cause: for the same one a trigger is held only once.
        seen: the position in the ledger up to which it is accounted for.
        details: more, as JSON.
    """

    because: str
    identity: str
    seen: int
    details: dict[str, object]


def cause_of(workspace: Workspace, config: TriggerConfig, history: History, now: datetime) -> Cause | None:
    """Return why a trigger should start its pipeline now, None when it should not."""
    return _CAUSES[config.on](workspace, config, history, now)


def _alert(workspace: Workspace, config: TriggerConfig, history: History, _now: datetime) -> Cause | None:
    """An alert that fired, or fired again, and is not resolved."""
    stream = stream_of(str(config.model))
    firing: dict[str, Event] = {}
    newest = 0
    for event in workspace.ledger.find(stream_prefix=stream, after=history.seen):
        if event.stream != stream or (config.alerts and event.data["rule"] not in config.alerts):
            continue
        if event.kind in _FIRING:
            firing[event.data["alert"]] = event
            newest = event.position
        elif event.kind == RESOLVED:
            firing.pop(event.data["alert"], None)
    if not firing:
        return None
    names = sorted(firing)
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    because = f"alert{'s' if len(names) > 1 else ''} {listed} of {config.model}"
    return Cause(because, ",".join(names), newest, {"alerts": names, "model": config.model})


def _data(workspace: Workspace, config: TriggerConfig, history: History, _now: datetime) -> Cause | None:
    """A version that no run of this trigger has made, and that differs from the one before."""
    name = str(config.dataset)
    stage = workspace.project.producer(name)
    commits = workspace.ledger.find(kinds=(_COMMITTED,), subject=stage, after=history.seen)
    before = workspace.ledger.find(
        kinds=(_COMMITTED,), subject=stage, before=history.seen + 1, newest_first=True, limit=1
    )
    known = [event.data["outputs"][name]["fingerprint"] for event in before if name in event.data["outputs"]]
    newest: Event | None = None
    for event in commits:
        if name not in event.data["outputs"]:
            continue
        fingerprint = event.data["outputs"][name]["fingerprint"]
        if event.data["run"] in history.claims:
            known = [fingerprint]
        else:
            newest = None if fingerprint in known else event
    if newest is None:
        return None
    record = newest.data["outputs"][name]
    version = record.get("version")
    because = f"new {name}" if version is None else f"new version {version} of {name}"
    details = {"dataset": name, "version": version, "by": newest.data["run"]}
    return Cause(because, str(record["fingerprint"]), newest.position, details)


def _labels(workspace: Workspace, config: TriggerConfig, history: History, now: datetime) -> Cause | None:
    """So many labels accepted since the last start."""
    from workbench.serving.log import PredictionLog

    since = _since(history, now)
    if config.model is None or config.labels is None:
        return None
    count = PredictionLog(workspace.project).accepted(config.model, since)
    if count < config.labels:
        return None
    because = f"{count:,} labels of {config.model} since {since:%Y-%m-%d %H:%M} UTC"
    details = {"labels": count, "model": config.model}
    return Cause(because, f"labels since {since.isoformat()}", history.seen, details)


def _time(_workspace: Workspace, config: TriggerConfig, history: History, now: datetime) -> Cause | None:
    """So much time since the last start."""
    since = _since(history, now)
    if config.every is None or now - since < config.every:
        return None
    because = f"{format_duration(config.every)} since {since:%Y-%m-%d %H:%M} UTC"
    return Cause(because, f"time since {since.isoformat()}", history.seen, {"since": since.isoformat()})


def _since(history: History, now: datetime) -> datetime:
    return max([*history.fired[-1:], history.declared or now])


_CAUSES: dict[str, Callable[[Workspace, TriggerConfig, History, datetime], Cause | None]] = {
    "alert": _alert,
    "data": _data,
    "labels": _labels,
    "time": _time,
}
