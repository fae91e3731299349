from __future__ import annotations

from workbench.cli.board import Board, Phase
from workbench.pipeline.outcome import Outcome


class Hand:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def started(*stages: str) -> tuple[Board, Hand]:
    hand = Hand()
    board = Board(hand)
    board.run_started("r1", "training", stages)
    return board, hand


def test_every_stage_waits_at_first() -> None:
    """The rows stand in the run's order before anything begins."""
    board, _ = started("ingest", "train")
    assert [(row.entry, row.phase) for row in board.rows()] == [
        ("ingest", Phase.WAITING),
        ("train", Phase.WAITING),
    ]
    assert board.elapsed(board.rows()[0]) is None


def test_a_running_entry_counts_its_seconds_and_cells() -> None:
    """The seconds are those since the attempt began."""
    board, hand = started("train")
    hand.at = 10.0
    board.entry_started("train", 1, 5)
    board.cell_started("train", 2, 5, "study = tune()")
    hand.at = 13.5
    (row,) = board.rows()
    assert (row.cell, row.cells, row.words, board.elapsed(row)) == (2, 5, "study = tune()", 3.5)


def test_a_retry_stops_the_seconds_until_the_next_attempt() -> None:
    """What is shown in between is why, and how long the wait is."""
    board, hand = started("train")
    board.entry_started("train", 1, 5)
    hand.at = 2.0
    board.entry_retrying("train", 2, 1.0, "ValueError: odd")
    hand.at = 3.0
    (row,) = board.rows()
    assert (row.phase, row.words, board.elapsed(row)) == (
        Phase.RETRYING,
        "again in 1 s: ValueError: odd",
        2.0,
    )
    board.entry_started("train", 2, 5)
    assert (row.attempt, row.cell, board.elapsed(row)) == (2, 0, 0.0)


def test_an_ended_entry_keeps_the_seconds_that_were_measured() -> None:
    """The board does not measure what the runner has measured."""
    board, hand = started("train")
    board.entry_started("train", 1, 5)
    board.entry_ended("train", Outcome.KILLED, 7.25, "the kernel vanished")
    hand.at = 99.0
    (row,) = board.rows()
    assert (row.phase, board.elapsed(row), row.is_bad) == (Outcome.KILLED, 7.25, True)


def test_a_small_terminal_shows_what_runs_and_what_broke() -> None:
    """Rows stay in the run's order; those that wait give way first."""
    board, _ = started(*"abcdef")
    board.entry_ended("a", Outcome.SUCCEEDED, 1, "")
    board.entry_ended("c", Outcome.FAILED, 1, "")
    board.entry_started("f", 1, 2)
    assert [row.entry for row in board.visible(3)] == ["a", "c", "f"]
    assert [row.entry for row in board.visible(2)] == ["c", "f"]
    assert len(board.visible(6)) == 6


def test_entries_that_the_run_did_not_announce_get_a_row() -> None:
    """A sweep's combinations may come one by one."""
    board, _ = started()
    board.entry_started("train-2", 1, 3)
    assert [row.entry for row in board.rows()] == ["train-2"]
