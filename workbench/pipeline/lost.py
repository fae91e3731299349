"""Notices runs whose runner vanished: whoever holds the pipeline's lease knows that they are gone."""

from __future__ import annotations

import contextlib
from pathlib import Path

from workbench.errors import ConflictError
from workbench.ledger import Leases, Ledger, NewEvent
from workbench.pipeline.backing import Backing
from workbench.pipeline.history import AttemptState, EntryState, RunState, fold
from workbench.pipeline.kernel import kill_marked
from workbench.pipeline.log import RunLog
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import Reporter
from workbench.pipeline.ticket import VARIABLE

_REASON = "its runner vanished"


def bury(backing: Backing, pipeline: str, reporter: Reporter) -> None:
    """Record as lost what a vanished runner of this pipeline left open, and end what still runs of it.

    Call it with the pipeline's lease in hand: no other runner of it is alive then.
    """
    last = backing.ledger.find(kinds=("run.started",), subject=pipeline, newest_first=True, limit=1)
    for event in last:
        state = fold(event.data["run"], backing.ledger.read(f"run/{event.data['run']}"))
        if state.outcome is None:
            record_lost(backing.ledger, state)
            reporter.warning(f"run {state.run} had lost its runner; it is recorded as lost")


def notice(ledger: Ledger, leases: Leases, state: RunState) -> RunState:
    """Return a run's state, recorded as lost when it is open and nobody alive holds its lease."""
    if state.outcome is not None:
        return state
    lease = leases.look(f"pipeline/{state.pipeline}")
    if lease and lease.alive and lease.holder == state.run:
        return state
    with contextlib.suppress(ConflictError):  # somebody else noticed first, or the run goes on
        record_lost(ledger, state)
    return fold(state.run, ledger.read(f"run/{state.run}"))


def record_lost(ledger: Ledger, state: RunState) -> None:
    """Append the ends that a vanished runner could not write.

    Raises:
        ConflictError: the run's stream went on meanwhile.
    """
    events = []
    for entry in state.entries.values():
        for attempt in entry.attempts:
            if attempt.outcome is None:
                kill_marked(VARIABLE, str(Path(attempt.folder) / "ticket.json"))
                events.append(_lost_attempt(state, entry, attempt))
    data = {"run": state.run, "outcome": Outcome.LOST.value, "reason": _REASON, "seconds": None}
    events.append(NewEvent("run.ended", data, state.pipeline))
    RunLog(ledger, state.run, state.version).write(events)


def _lost_attempt(state: RunState, entry: EntryState, attempt: AttemptState) -> NewEvent:
    data = {
        "run": state.run,
        "entry": entry.name,
        "stage": entry.stage,
        "attempt": attempt.number,
        "outcome": Outcome.LOST.value,
        "reason": _REASON,
        "seconds": None,
        "cpu_seconds": None,
        "peak_memory_bytes": None,
        "error": None,
        "metrics": {},
        "tracking_id": None,
    }
    return NewEvent("attempt.ended", data, entry.stage)
