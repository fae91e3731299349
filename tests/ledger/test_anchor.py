"""What heads that were kept elsewhere tell of a ledger."""

from __future__ import annotations

import pytest

from workbench.clock import ManualClock
from workbench.ledger import Anchor, Append, Head, MemoryLedger, NewEvent, parse_head
from workbench.ledger.row import seal


@pytest.fixture
def ledger(clock: ManualClock) -> MemoryLedger:
    """Nine events."""
    ledger = MemoryLedger(clock)
    for version in range(9):
        ledger.append(Append("run/1", version, (NewEvent("k", {"n": version}),)))
    return ledger


@pytest.fixture
def anchors(ledger: MemoryLedger) -> list[Anchor]:
    """A head of each event, kept in a file that is named for it."""
    return [Anchor(event.position, event.hash, f"file {event.position}") for event in ledger.find()]


def rewrite(ledger: MemoryLedger, first: int) -> None:
    """Change an event, and seal it and all that follow anew."""
    for index in range(first - 1, len(ledger._rows)):
        row = ledger._rows[index]._replace(actor="eve")
        previous = ledger._rows[index - 1].hash if index else row.previous
        ledger._rows[index] = seal(row._replace(previous=previous))


def test_an_honest_ledger_agrees_with_all_of_them(ledger: MemoryLedger, anchors: list[Anchor]) -> None:
    """Also when it has grown since, and with the head of the empty ledger."""
    ledger.append(Append("run/1", 9, (NewEvent("k", {}),)))
    assert ledger.verify(Head(0, "0" * 64), *anchors).ok


def test_a_rewritten_ledger_is_one_sentence_that_names_the_first_that_disagrees(
    ledger: MemoryLedger, anchors: list[Anchor]
) -> None:
    """The last that agrees tells from where on it is another ledger."""
    rewrite(ledger, first=4)
    assert ledger.verify().ok
    kept = [anchors[1], anchors[5], anchors[7]]
    assert ledger.verify(*kept).problems == (
        (
            6,
            "(k of run/1) is not what file 6 names: the ledger was rewritten after event 2 "
            "(1 other anchor does not agree either)",
        ),
    )
    rewrite(ledger, first=1)
    (problem,) = ledger.verify(*anchors).problems
    assert problem.position == 1
    assert "rewritten from its beginning (8 other anchors do not agree either)" in problem.what


def test_a_cut_tail_is_one_sentence_that_names_the_anchor_farthest_beyond(
    ledger: MemoryLedger, anchors: list[Anchor]
) -> None:
    """An event that is not there any more was the head when that was kept."""
    del ledger._rows[6:]
    assert ledger.verify(*anchors[:6]).ok
    assert ledger.verify(*anchors).problems == (
        (
            9,
            "is missing, though file 9 names it: the tail after event 6 was cut "
            "(2 other anchors name missing events too)",
        ),
    )


def test_a_tail_that_was_cut_and_written_anew_was_rewritten(
    ledger: MemoryLedger, anchors: list[Anchor]
) -> None:
    """Other events in its place do not hide it."""
    del ledger._rows[6:]
    for version in range(6, 12):
        ledger.append(Append("run/1", version, (NewEvent("other", {}),)))
    assert [problem.position for problem in ledger.verify(*anchors).problems] == [7]


def test_an_anchor_that_was_changed_itself_is_told_from_a_changed_ledger(
    ledger: MemoryLedger, anchors: list[Anchor]
) -> None:
    """A later one agrees, and a hash says everything about all before it."""
    forged = Anchor(3, "f" * 64, "file 3")
    (problem,) = ledger.verify(forged, anchors[7]).problems
    assert problem == (
        3,
        "(k of run/1) is not what file 3 names: that was changed, for event 8 is as it was kept",
    )


def test_of_two_anchors_of_one_event_the_one_that_disagrees_was_changed(
    ledger: MemoryLedger, anchors: list[Anchor]
) -> None:
    """Whichever is looked at first."""
    forged = Anchor(9, "f" * 64, "the other file")
    for kept in ([forged, anchors[8]], [anchors[8], forged]):
        (problem,) = ledger.verify(*kept).problems
        assert "is not what the other file names: that was changed" in problem.what


def test_a_head_is_written_and_read_in_one_form() -> None:
    """What the command line prints is what it takes."""
    head = Head(12, "ab" * 32)
    assert parse_head(str(head)) == head


@pytest.mark.parametrize(
    "text", ["", "12", "12:", "12:xyz", f"-1:{'a' * 64}", f"{'9' * 30}:{'a' * 64}", "a" * 64]
)
def test_what_is_no_head_is_none(text: str) -> None:
    """A position, a colon, a SHA-256."""
    assert parse_head(text) is None
