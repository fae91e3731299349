"""How a model was trained anew: runs of the pipelines that hold its training stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.pipeline.history import RunState, fold
from workbench.pipeline.outcome import Outcome
from workbench.registry.model import ModelState
from workbench.rehearsal.moment import FAILURE, REFUSAL, RETRAINING, Moment

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger


def retrainings(
    ledger: Ledger, state: ModelState, trained_by: str, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield each training that began in a time, and each that ended otherwise than it was meant to.

    Args:
        ledger: what is read.
        state: the model's; says which versions each run registered.
        trained_by: the stage that trains it.
        since: the first moment.
        until: the first moment after it.
    """
    because = {
        event.data.get("run"): event.data.get("because", "")
        for event in ledger.find(kinds=("trigger.fired",))
    }
    for started in ledger.find(kinds=("run.started",)):
        if not since <= started.at < until or not _trains(started.data, trained_by):
            continue
        events = ledger.read(started.stream)
        run = fold(started.data["run"], events)
        yield _retraining(started, run, state, because.get(run.run) or started.data.get("reason", ""))
        ended = _badly_ended(events, run, state)
        if ended is not None:
            yield ended


def _trains(data: Mapping[str, Any], trained_by: str) -> bool:
    return "pipeline" in data["request"] and any(entry["stage"] == trained_by for entry in data["entries"])


def _retraining(started: Event, run: RunState, state: ModelState, why: str) -> Moment:
    made = [version.number for version in state.versions.values() if version.run == run.run]
    what = f"Trained version {', '.join(map(str, made))}" if made else "Training"
    if run.outcome is Outcome.REUSED:
        what = "Asked to train, but nothing had changed"
    elif not made and run.outcome is not None:
        what = "Trained, but no new version came of it"
    version = made[-1] if made else None
    return _moment(started, run, RETRAINING, what, why=why, version=version)


def _badly_ended(events: list[Event], run: RunState, state: ModelState) -> Moment | None:
    """Return how a run ended that did not succeed; a refusal by the gates is told by the evidence."""
    ended = next((event for event in reversed(events) if event.kind == "run.ended"), None)
    if run.outcome is None or run.outcome.is_success or ended is None:
        return None
    entry = run.failed_entry
    where = f" at {entry.stage}" if entry else ""
    if run.outcome is not Outcome.REJECTED:
        return _moment(ended, run, FAILURE, f"The training {run.outcome.verb}{where}", why=run.reason)
    if _told_by_gates(run, state):
        return None
    return _moment(ended, run, REFUSAL, f"The training was rejected{where}", why=run.reason)


def _told_by_gates(run: RunState, state: ModelState) -> bool:
    judged = (each for version in state.versions.values() for each in version.evaluations)
    return any(each.run == run.run and each.verdict.value != "pass" for each in judged)


def _moment(
    event: Event, run: RunState, kind: str, what: str, *, why: str, version: int | None = None
) -> Moment:
    return Moment(
        event.at, kind, what, run.actor, why, event.position, event.stream, event.kind, version, run.run
    )
