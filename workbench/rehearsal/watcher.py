"""Who is told of a rehearsal while it goes on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workbench.pipeline.reporter import Reporter
    from workbench.rehearsal.moment import Moment


class Watcher(Protocol):
    """Told of a rehearsal while it goes on; nothing that it does changes what happens."""

    @property
    def reporter(self) -> Reporter:
        """Told of the runs in it."""

    def begun(self, begin: date, end: date) -> None:
        """The first and the last day that are replayed."""

    def doing(self, what: str) -> None:
        """What goes on now, until the next of these."""

    def day(self, day: date, rows: int, labels: int) -> None:
        """A day is over; how many rows callers asked about, and how many labels came."""

    def happened(self, moment: Moment) -> None:
        """Something happened to the model."""

    def warning(self, text: str) -> None:
        """Something deserves attention."""


class SilentWatcher:
    """Keeps everything to itself."""

    @property
    def reporter(self) -> Reporter:
        """One that is as silent."""
        from workbench.pipeline.reporter import SilentReporter

        return SilentReporter()

    def begun(self, begin: date, end: date) -> None:
        """Say nothing."""

    def doing(self, what: str) -> None:
        """Say nothing."""

    def day(self, day: date, rows: int, labels: int) -> None:
        """Say nothing."""

    def happened(self, moment: Moment) -> None:
        """Say nothing."""

    def warning(self, text: str) -> None:
        """Say nothing."""
