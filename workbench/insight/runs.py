"""Runs in brief: what a table of ten thousand of them shows, folded from their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from sys import intern
from typing import Any

from workbench.ledger import Event
from workbench.pipeline.outcome import Outcome

RUNNING = "running"


@dataclass(frozen=True)
class StageSummary:
    """An entry of a run in brief.

    Attributes:
        name: the entry's; of a sweep's, the stage's with the combination.
        outcome: None while it waits or runs.
        seconds: of its last attempt; None before it ended.
        cpu_seconds, peak_memory_bytes: of its last attempt, where they were measured.
        attempts: how many there were.
    """

    name: str
    stage: str
    outcome: Outcome | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    attempts: int = 0


@dataclass(frozen=True)
class RunSummary:
    """A run in brief; what is left out here, `Store.run_state` reads.

    Attributes:
        outcome: None while it runs.
        started: project time.
        seconds: None while it runs.
        reason: why it ended as it did.
        because: why it was wanted.
        stages: its entries, by name, in their order.
        metrics: of all entries, as `ENTRY/NAME`.
        parameters: of all entries, as `ENTRY.NAME`.
    """

    id: str
    pipeline: str
    started: datetime
    actor: str
    because: str
    outcome: Outcome | None = None
    seconds: float | None = None
    reason: str = ""
    stages: Mapping[str, StageSummary] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """In one word how it stands: an outcome, or `running`."""
        return self.outcome.value if self.outcome else RUNNING


class Runs:
    """All runs in brief, by id, the oldest first."""

    def __init__(self) -> None:
        self.by_id: dict[str, RunSummary] = {}

    def take(self, event: Event) -> None:
        """Take in an event of a run's stream; what a later workbench may write is left alone."""
        run = event.stream.partition("/")[2]
        if event.kind == "run.started":
            self.by_id[run] = _started(run, event)
        elif run in self.by_id and event.kind in _STEPS:
            self.by_id[run] = _STEPS[event.kind](self.by_id[run], event.data)


def _started(run: str, event: Event) -> RunSummary:
    data = event.data
    return RunSummary(
        id=run,
        pipeline=intern(data["pipeline"]),
        started=event.at,
        actor=intern(event.actor),
        because=intern(data["reason"]),
        stages={e["name"]: StageSummary(intern(e["name"]), intern(e["stage"])) for e in data["entries"]},
        parameters=_parameters(data["entries"]),
    )


def _resumed(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    stages = {
        name: stage if stage.outcome and stage.outcome.is_success else replace(stage, outcome=None)
        for name, stage in run.stages.items()
    }
    parameters = {**run.parameters, **_parameters(data["entries"])}
    return replace(run, outcome=None, reason="", seconds=None, stages=stages, parameters=parameters)


def _attempt_started(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    return _stage(run, data["entry"], outcome=None, attempts=run.stages[data["entry"]].attempts + 1)


def _attempt_ended(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    changed = _stage(
        run,
        data["entry"],
        outcome=Outcome(data["outcome"]),
        seconds=data["seconds"],
        cpu_seconds=data["cpu_seconds"],
        peak_memory_bytes=data["peak_memory_bytes"],
    )
    return _metrics(changed, data)


def _committed(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    return _metrics(_stage(run, data["entry"], outcome=Outcome.SUCCEEDED), data)


def _reused(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    return _metrics(_stage(run, data["entry"], outcome=Outcome.REUSED, seconds=0.0), data)


def _skipped(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    return _stage(run, data["entry"], outcome=Outcome.SKIPPED, seconds=0.0)


def _ended(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    return replace(run, outcome=Outcome(data["outcome"]), reason=data["reason"], seconds=data["seconds"])


def _stage(run: RunSummary, entry: str, **changes: Any) -> RunSummary:
    return replace(run, stages={**run.stages, entry: replace(run.stages[entry], **changes)})


def _metrics(run: RunSummary, data: Mapping[str, Any]) -> RunSummary:
    found = {
        intern(f"{data['entry']}/{name}"): value
        for name, value in (data.get("metrics") or {}).items()
        if value is not None
    }
    return replace(run, metrics={**run.metrics, **found}) if found else run


def _parameters(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        intern(f"{entry['name']}.{name}"): value
        for entry in entries
        for name, value in entry["parameters"].items()
    }


_STEPS: dict[str, Callable[[RunSummary, Mapping[str, Any]], RunSummary]] = {
    "run.resumed": _resumed,
    "attempt.started": _attempt_started,
    "attempt.ended": _attempt_ended,
    "entry.committed": _committed,
    "entry.explored": _committed,
    "entry.reused": _reused,
    "entry.found": _reused,
    "entry.skipped": _skipped,
    "run.ended": _ended,
}
