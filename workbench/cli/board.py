"""What is known of a run in progress: one row for each entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.pipeline.expectation import Expectation
from workbench.pipeline.outcome import Outcome


class Phase(StrEnum):
    """Where an entry stands before it has an outcome."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"


@dataclass
class Row:
    """One entry, as far as it has come."""

    entry: str
    phase: Phase | Outcome = Phase.WAITING
    attempt: int = 1
    cell: int = 0
    cells: int = 0
    words: str = ""
    started: float = 0.0
    seconds: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether its kernel is at work."""
        return self.phase is Phase.RUNNING

    @property
    def is_bad(self) -> bool:
        """Whether it ended otherwise than well."""
        return isinstance(self.phase, Outcome) and not self.phase.is_success


class Board:
    """Follows a run as a reporter and answers what to show; it prints nothing.

    Args:
        monotonic: tells seconds that never run backwards.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._rows: dict[str, Row] = {}
        self.run = ""
        self.pipeline = ""
        self.outcome: Outcome | None = None
        self.seconds = 0.0
        self.reason = ""
        self._expected: Mapping[str, Expectation] = {}

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:
        """Make a row for every stage that the run names."""
        self.run, self.pipeline = run, pipeline
        for stage in stages:
            self._row(stage)

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """Keep what the entries will probably take."""
        self._expected = expected

    def left(self) -> float | None:
        """Return the seconds that what runs and waits will probably take; None when nobody knows.

        Entries side by side count one after the other: it is a bound, and exact for a chain.
        """
        open_rows = [row for row in self.rows() if not isinstance(row.phase, Outcome)]
        ahead = [self._left_of(row) for row in open_rows]
        return None if not ahead or None in ahead else sum(seconds for seconds in ahead if seconds)

    def _left_of(self, row: Row) -> float | None:
        expected = self._expected.get(row.entry)
        return expected.left(row.cell, self.elapsed(row) or 0.0) if expected else None

    def entry_started(self, entry: str, attempt: int, cells: int) -> None:
        """Start the entry's seconds."""
        row = self._row(entry)
        row.phase, row.attempt, row.cell, row.cells, row.words = Phase.RUNNING, attempt, 0, cells, ""
        row.started, row.seconds = self._monotonic(), None

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Remember the cell at work."""
        row = self._row(entry)
        row.cell, row.cells, row.words = number, cells, first_line

    def entry_retrying(self, entry: str, attempt: int, delay: float, reason: str) -> None:
        """Say that another attempt follows."""
        row = self._row(entry)
        row.seconds = self.elapsed(row)
        row.phase, row.attempt, row.words = Phase.RETRYING, attempt, f"again in {delay:g} s: {reason}"

    def entry_ended(self, entry: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Keep the entry's outcome."""
        row = self._row(entry)
        row.phase, row.words, row.seconds = outcome, reason, seconds

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Keep the run's outcome."""
        self.run, self.outcome, self.seconds, self.reason = run, outcome, seconds, reason

    def rows(self) -> list[Row]:
        """Return all rows in the run's order."""
        return list(self._rows.values())

    def visible(self, most: int) -> list[Row]:
        """Return at most `most` rows in the run's order; what runs or ended badly goes before the rest."""
        rows = self.rows()
        if len(rows) <= most:
            return rows
        order = {id(row): place for place, row in enumerate(rows)}
        by_interest = sorted(
            rows, key=lambda row: (not row.is_running, not row.is_bad, row.phase is Phase.WAITING)
        )
        return sorted(by_interest[: max(most, 1)], key=lambda row: order[id(row)])

    def elapsed(self, row: Row) -> float | None:
        """Return the entry's seconds so far; None while it waits."""
        if row.is_running:
            return self._monotonic() - row.started
        return None if row.phase in (Outcome.REUSED, Outcome.SKIPPED) else row.seconds

    def _row(self, entry: str) -> Row:
        return self._rows.setdefault(entry, Row(entry))
