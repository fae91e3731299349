"""Runs in brief, folded: the same as what a run's own history says, however the events come."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.insight.happenings import Happenings
from tests.insight.scene import BEGIN
from workbench.clock import ManualClock
from workbench.insight import RunSummary
from workbench.insight.drafts import Runs
from workbench.insight.folded import Folded
from workbench.ledger import Event, Ledger, open_ledger
from workbench.pipeline.history import fold

SEEDS = 200


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty one, in memory."""
    made = open_ledger("sqlite:///:memory:", ManualClock(BEGIN))
    yield made
    made.close()


def test_a_run_in_brief_is_what_its_own_history_says(ledger: Ledger) -> None:
    """Two folds that know nothing of each other agree on outcomes, attempts, seconds and metrics."""
    Happenings(1).write(ledger, 3000)
    folded = Folded()
    folded.take(ledger.find())
    assert not folded.unread
    assert len(folded.runs.by_id) > 100
    for run in folded.runs.by_id.values():
        state = fold(run.id, ledger.read(f"run/{run.id}"))
        assert (run.outcome, run.reason, run.started) == (state.outcome, state.reason, state.started)
        assert {name: (each.outcome, each.attempts, each.seconds) for name, each in run.stages.items()} == {
            name: (each.outcome, len(each.attempts), each.seconds) for name, each in state.entries.items()
        }
        assert run.metrics.items() >= state.metrics.items()
        assert run.parameters == {
            f"{entry.name}.{name}": value
            for entry in state.entries.values()
            for name, value in entry.parameters.items()
        }


@pytest.mark.soak
def test_whoever_looks_in_between_changes_nothing(soak_count: Callable[[int], int]) -> None:
    """Read at once, or looked at after every few events: the same runs, and what was seen stays as it was."""
    for seed in range(soak_count(SEEDS)):
        ledger = open_ledger("sqlite:///:memory:", ManualClock(BEGIN))
        Happenings(seed, strange=0.1).write(ledger, 300)
        events = ledger.find()
        whole = Folded()
        whole.take(events)
        parts, seen = _in_parts(events, random.Random(seed))
        assert list(parts.runs.by_id.items()) == list(whole.runs.by_id.items())
        assert parts.unread == whole.unread
        assert all(before == kept for before, kept in seen)
        ledger.close()


def test_an_event_that_is_not_understood_changes_nothing(ledger: Ledger) -> None:
    """Not half of it is taken in."""
    Happenings(3, strange=0.5).write(ledger, 600)
    folded = Folded()
    for event in ledger.find():
        before = copy.deepcopy(folded.runs.by_id.get(event.stream.partition("/")[2]))
        folded.take((event,))
        if event.position in folded.unread:
            assert folded.runs.by_id.get(event.stream.partition("/")[2]) == before
    assert len(folded.unread) > 50


def test_a_run_that_begins_keeps_its_place(ledger: Ledger) -> None:
    """Runs stand in the order in which they began, whichever of them goes on."""
    Happenings(4).write(ledger, 400)
    events = ledger.find()
    begun = [event.stream.partition("/")[2] for event in events if event.kind == "run.started"]
    runs = Runs()
    for event in events:
        runs.take(event)
        assert list(runs.by_id) == begun[: len(runs.by_id)]


def _in_parts(
    events: Sequence[Event], chance: random.Random
) -> tuple[Folded, list[tuple[RunSummary, RunSummary]]]:
    """Return what is folded from events that come a few at a time, and runs that were seen, with copies."""
    folded, seen = Folded(), list[tuple[RunSummary, RunSummary]]()
    while events:
        count = chance.randint(1, 20)
        folded.take(events[:count])
        events = events[count:]
        if folded.runs.by_id:
            run = chance.choice(list(folded.runs.by_id.values()))
            seen.append((run, copy.deepcopy(run)))
    return folded, seen
