from __future__ import annotations

from datetime import timedelta

from tests.registry.models import MODEL, Runs
from workbench.clock import ManualClock
from workbench.ledger import Append, NewEvent
from workbench.registry import fold, read_model


def test_an_empty_stream_is_an_empty_model() -> None:
    """Nothing registered, nobody champion, nothing to go back to."""
    state = fold("delay", [])
    assert (state.versions, state.champion, state.replaced_by(), state.version) == ({}, None, None, 0)


def test_folding_is_repeatable_and_changes_no_event(runs: Runs) -> None:
    """The same events give the same state, however often they are folded."""
    runs.champion("a")
    runs.champion("b")
    events = runs.ledger.read("model/delay")
    first = fold(MODEL, events)
    assert fold(MODEL, events) == first
    assert fold(MODEL, events[:3]).champion is None
    assert first.version == len(events)


def test_unknown_kinds_of_events_are_left_alone(runs: Runs) -> None:
    """What a later workbench writes does not stop this one from reading."""
    runs.champion("a")
    before = runs.state
    runs.ledger.append(Append("model/delay", before.version, (NewEvent("card.written", {"x": 1}),)))
    after = read_model(runs.ledger, MODEL)
    assert (after.champion, after.version) == (1, before.version + 1)


def test_moves_carry_project_time(runs: Runs, clock: ManualClock) -> None:
    """A replayed year shows promotions when they happened in it."""
    runs.champion("a")
    clock.advance(timedelta(days=7))
    runs.champion("b")
    first, second = runs.state.moves
    assert second.at - first.at == timedelta(days=7)
    assert second.to_dict()["at"].startswith("2013-01-08")


def test_what_the_holder_replaced_follows_promotions_and_rollbacks(runs: Runs) -> None:
    """After a rollback it is the version before that; a new promotion goes on from there."""
    from workbench.registry.rollback import rollback

    for name in "abc":
        runs.champion(name)
    state = runs.state
    runs.ledger.append(Append("model/delay", state.version, tuple(rollback(state, holder=3))))
    assert (runs.state.champion, runs.state.replaced_by()) == (2, 1)
    runs.champion("d")
    assert (runs.state.champion, runs.state.replaced_by()) == (4, 2)
