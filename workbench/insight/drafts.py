"""A run in brief while its events are taken in: changed in place, and frozen when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from workbench.insight.runs import RunSummary, StageSummary
from workbench.ledger import Event
from workbench.pipeline.outcome import Outcome


@dataclass(slots=True)
class StageDraft:
    """An entry; see `StageSummary`."""

    name: str
    stage: str
    outcome: Outcome | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    attempts: int = 0


@dataclass(slots=True)
class RunDraft:
    """A run; see `RunSummary`.

    An event that is not as this workbench writes it raises KeyError, TypeError, ValueError or
    AttributeError, and changes nothing.
    """

    id: str
    pipeline: str
    started: datetime
    actor: str
    because: str
    outcome: Outcome | None
    seconds: float | None
    reason: str
    stages: dict[str, StageDraft]
    metrics: dict[str, float]
    parameters: dict[str, Any]

    @classmethod
    def begun(cls, run: str, event: Event) -> RunDraft:
        """Return the run that an event begins."""
        data = event.data
        stages = {e["name"]: StageDraft(intern(e["name"]), intern(e["stage"])) for e in data["entries"]}
        names = intern(data["pipeline"]), event.at, intern(event.actor), intern(data["reason"])
        return cls(run, *names, None, None, "", stages, {}, _parameters(data["entries"]))

    @classmethod
    def of(cls, run: RunSummary) -> RunDraft:
        """Return a draft to go on with."""
        stages = {name: StageDraft(*_values(stage)) for name, stage in run.stages.items()}
        return cls(
            run.id,
            run.pipeline,
            run.started,
            run.actor,
            run.because,
            run.outcome,
            run.seconds,
            run.reason,
            stages,
            dict(run.metrics),
            dict(run.parameters),
        )

    def frozen(self) -> RunSummary:
        """Return the run as it is now; the draft is of no use afterwards."""
        stages = {name: StageSummary(*_values(stage)) for name, stage in self.stages.items()}
        names = self.id, self.pipeline, self.started, self.actor, self.because
        return RunSummary(
            *names, self.outcome, self.seconds, self.reason, stages, self.metrics, self.parameters
        )

    def take(self, event: Event) -> None:
        """Take in an event; what a later workbench may write is left alone."""
        step = _STEPS.get(event.kind)
        if step is not None:
            step(self, event.data)


class Runs:
    """All runs in brief, folded from their events."""

    def __init__(self, known: Iterable[RunSummary] = ()) -> None:
        self._frozen = {run.id: run for run in known}
        self._drafts: dict[str, RunDraft] = {}

    def take(self, event: Event) -> None:
        """Take in an event of a run's stream."""
        run = event.stream.partition("/")[2]
        draft = self._drafts.get(run)
        if event.kind == "run.started":
            self._drafts[run] = RunDraft.begun(run, event)
        elif draft is not None:
            draft.take(event)
        elif run in self._frozen:
            draft = self._drafts[run] = RunDraft.of(self._frozen[run])
            draft.take(event)

    @property
    def by_id(self) -> dict[str, RunSummary]:
        """The runs as they are now, the oldest first."""
        if self._drafts:
            self._frozen.update({run: draft.frozen() for run, draft in self._drafts.items()})
            self._drafts.clear()
        return self._frozen


def _values(stage: StageSummary | StageDraft) -> tuple[Any, ...]:
    return (
        stage.name,
        stage.stage,
        stage.outcome,
        stage.seconds,
        stage.cpu_seconds,
        stage.peak_memory_bytes,
        stage.attempts,
    )


def _resumed(run: RunDraft, data: Mapping[str, Any]) -> None:
    run.parameters.update(_parameters(data["entries"]))
    for stage in run.stages.values():
        if stage.outcome and not stage.outcome.is_success:
            stage.outcome = stage.seconds = None
    run.outcome, run.reason, run.seconds = None, "", None


def _attempt_started(run: RunDraft, data: Mapping[str, Any]) -> None:
    stage = run.stages[data["entry"]]
    stage.outcome = None
    stage.attempts += 1


def _attempt_ended(run: RunDraft, data: Mapping[str, Any]) -> None:
    stage, metrics = run.stages[data["entry"]], _metrics(data)
    found = _OUTCOMES[data["outcome"]], data["seconds"], data["cpu_seconds"], data["peak_memory_bytes"]
    stage.outcome, stage.seconds, stage.cpu_seconds, stage.peak_memory_bytes = found
    run.metrics.update(metrics)


def _committed(run: RunDraft, data: Mapping[str, Any]) -> None:
    stage, metrics = run.stages[data["entry"]], _metrics(data)
    stage.outcome = Outcome.SUCCEEDED
    run.metrics.update(metrics)


def _reused(run: RunDraft, data: Mapping[str, Any]) -> None:
    stage, metrics = run.stages[data["entry"]], _metrics(data)
    stage.outcome, stage.seconds = Outcome.REUSED, 0.0
    run.metrics.update(metrics)


def _skipped(run: RunDraft, data: Mapping[str, Any]) -> None:
    stage = run.stages[data["entry"]]
    stage.outcome, stage.seconds = Outcome.SKIPPED, 0.0


def _ended(run: RunDraft, data: Mapping[str, Any]) -> None:
    run.outcome, run.reason, run.seconds = _OUTCOMES[data["outcome"]], data["reason"], data["seconds"]


def _metrics(data: Mapping[str, Any]) -> dict[str, float]:
    return {
        intern(f"{data['entry']}/{name}"): value
        for name, value in (data.get("metrics") or {}).items()
        if value is not None
    }


def _parameters(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        intern(f"{entry['name']}.{name}"): value
        for entry in entries
        for name, value in entry["parameters"].items()
    }


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_STEPS: dict[str, Callable[[RunDraft, Mapping[str, Any]], None]] = {
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
