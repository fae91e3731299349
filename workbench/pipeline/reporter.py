"""Tells whoever watches what a run is doing; the ledger, not the reporter, is the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from workbench.pipeline.expectation import Expectation
from workbench.pipeline.outcome import Outcome


class Reporter(Protocol):
    """Receives a run's life in order. Calls may come from several threads, one at a time."""

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:
        """A run begins, or goes on."""

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """What the run's entries will probably take, from what they took before."""

    def entry_started(self, entry: str, attempt: int, cells: int) -> None:
        """An attempt's kernel is about to run a notebook of `cells` cells."""

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """The cell `number` of `cells`, counted from 1 over all cells, begins."""

    def entry_retrying(self, entry: str, attempt: int, delay: float, reason: str) -> None:
        """An attempt ended badly; another one follows after `delay` seconds."""

    def entry_ended(self, entry: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """An entry has its outcome."""

    def warning(self, text: str) -> None:
        """Something deserves attention and does not change the outcome."""

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """The run has its outcome."""


class SilentReporter:
    """Tells nobody."""

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:
        """Say nothing."""

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """Say nothing."""

    def entry_started(self, entry: str, attempt: int, cells: int) -> None:
        """Say nothing."""

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Say nothing."""

    def entry_retrying(self, entry: str, attempt: int, delay: float, reason: str) -> None:
        """Say nothing."""

    def entry_ended(self, entry: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Say nothing."""

    def warning(self, text: str) -> None:
        """Say nothing."""

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Say nothing."""


class RecordingReporter:
    """Keeps every call as a tuple, for tests."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:
        """Keep the call."""
        self.calls.append(("run_started", run, pipeline, stages))

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """Keep the call."""
        self.calls.append(("run_expected", dict(expected)))

    def entry_started(self, entry: str, attempt: int, cells: int) -> None:
        """Keep the call."""
        self.calls.append(("entry_started", entry, attempt, cells))

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Keep the call."""
        self.calls.append(("cell_started", entry, number, cells, first_line))

    def entry_retrying(self, entry: str, attempt: int, delay: float, reason: str) -> None:
        """Keep the call."""
        self.calls.append(("entry_retrying", entry, attempt, delay, reason))

    def entry_ended(self, entry: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Keep the call."""
        self.calls.append(("entry_ended", entry, outcome, seconds, reason))

    def warning(self, text: str) -> None:
        """Keep the call."""
        self.calls.append(("warning", text))

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Keep the call."""
        self.calls.append(("run_ended", run, outcome, seconds, reason))
