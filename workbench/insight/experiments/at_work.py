"""A run while it goes on: how far each stage has come, cell by cell, and what is still ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.insight.experiments.places import place_of
from workbench.insight.runs import RUNNING
from workbench.pipeline.expectation import Expectation
from workbench.pipeline.space import Space

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.pipeline.history import EntryState, RunState

WAITING = "waiting"


@dataclass(frozen=True)
class EntryAtWork:
    """One entry of a run, as far as it has come.

    Attributes:
        state: `waiting`, `running`, or its outcome.
        reason: why it ended as it did.
        attempt: the number of its last one, 0 before the first.
        cell, cells: the cell at work and how many there are, counted from 1 over all cells; 0 before.
        line: the first line of that cell.
        elapsed: seconds; None before it began.
        expected: seconds that it will probably take in all; None when nobody knows.
        left: seconds still to come; None when nobody knows, 0 when it has ended.
    """

    name: str
    state: str
    reason: str = ""
    attempt: int = 0
    cell: int = 0
    cells: int = 0
    line: str = ""
    elapsed: float | None = None
    expected: float | None = None
    left: float | None = None


@dataclass(frozen=True)
class RunAtWork:
    """A run as far as it has come.

    Attributes:
        state: `running` or its outcome.
        left: seconds still to come, entries side by side counted one after the other; None when nobody
            knows.
    """

    run: str
    pipeline: str
    state: str
    reason: str
    seconds: float | None
    entries: tuple[EntryAtWork, ...]

    @property
    def left(self) -> float | None:
        """Seconds still to come."""
        ahead = [entry.left for entry in self.entries]
        return None if None in ahead else sum(seconds for seconds in ahead if seconds)


def run_at_work(
    store: Store, person: Person, run: str, expected: Mapping[str, Expectation] | None = None
) -> RunAtWork:
    """Return how far a run has come, read now: from the ledger, and from what its attempts leave.

    Args:
        store: the project's state.
        person: who asks.
        run: its id.
        expected: what its stages will probably take.

    Raises:
        AccessError: the person may not look.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    state, now = store.run_state(run), store.now()
    entries = tuple(
        _entry(store, state, e, (expected or {}).get(e.stage), now) for e in state.entries.values()
    )
    word = state.outcome.value if state.outcome else RUNNING
    return RunAtWork(run, state.pipeline, word, state.reason, state.seconds, entries)


def _entry(
    store: Store, state: RunState, entry: EntryState, expected: Expectation | None, now: datetime
) -> EntryAtWork:
    usual = expected.seconds if expected else None
    last = entry.attempts[-1] if entry.attempts else None
    if entry.outcome is not None:
        took = entry.seconds if entry.seconds is not None else (last.seconds if last else None)
        return EntryAtWork(
            entry.name, entry.outcome.value, entry.reason, len(entry.attempts), 0, 0, "", took, usual, 0.0
        )
    if last is None or state.outcome is not None:
        word = WAITING if state.outcome is None else "never ran"
        return EntryAtWork(entry.name, word, expected=usual, left=usual if state.outcome is None else 0.0)
    elapsed = max(0.0, (now - last.started).total_seconds())
    folder = place_of(store, state, entry.name).folder
    cell = (Space(folder).cell() if folder else None) or {}
    number = int(cell.get("cell", 0))
    return EntryAtWork(
        name=entry.name,
        state=RUNNING,
        attempt=last.number,
        cell=number,
        cells=int(cell.get("cells", 0)),
        line=str(cell.get("line", "")),
        elapsed=elapsed,
        expected=usual,
        left=expected.left(number, elapsed) if expected else None,
    )
