"""Shows a rehearsal while it goes on: what happens stays, what goes on now is one line that changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from workbench.cli.amount import count_text, seconds_text
from workbench.pipeline.reporter import SilentReporter
from workbench.rehearsal.watcher import SilentWatcher, Watcher

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from workbench.pipeline.expectation import Expectation
    from workbench.pipeline.outcome import Outcome
    from workbench.pipeline.reporter import Reporter
    from workbench.rehearsal.moment import Moment

_SIGNS = {"good": ("✓", "green"), "bad": ("✗", "bold red"), "doubt": ("⊘", "yellow"), "plain": ("●", "cyan")}
_BAR = 24
_LINE_EVERY = 20.0  # seconds between two lines about days where nothing else happens


@contextmanager
def watching(console: Console | None) -> Iterator[Watcher]:
    """Yield the watcher that suits the console; None asks for silence."""
    if console is None:
        yield SilentWatcher()
    elif console.is_terminal:
        with LiveWatcher(console) as live:
            yield live
    else:
        yield LineWatcher(console)


class LineWatcher:
    """Writes a line for each thing that happens, for log files and pipes.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()
        self._said = self._begun
        self._days = 1
        self._first = self._day = date.min
        self._rows = 0

    @property
    def reporter(self) -> Reporter:
        """Tells of the stages of runs, as what goes on now."""
        return _Stages(self)

    def begun(self, begin: date, end: date) -> None:
        """Say what is replayed."""
        self._first, self._day = begin, begin
        self._days = max(1, (end - begin).days + 1)
        self._say(f"{begin:%d %B %Y} to {end:%d %B %Y} once more, {self._days} days")

    def doing(self, what: str) -> None:
        """Say what goes on, unless it is one more day."""
        if not what[:1].isdigit():
            self._say(f"… {what}")

    def within(self, what: str) -> None:
        """Say nothing of the parts of what goes on."""

    def day(self, day: date, rows: int, labels: int) -> None:  # noqa: ARG002 - the signature is the Watcher's
        """Say now and then which day it is."""
        self._day = day
        self._rows += rows
        if time.monotonic() - self._said > _LINE_EVERY:
            self._say(f"{day:%d %B}: {count_text(self._rows)} asked about so far")

    def happened(self, moment: Moment) -> None:
        """Say what happened."""
        self._console.print(story(moment), soft_wrap=True)
        self._flush()

    def warning(self, text: str) -> None:
        """Say what deserves attention."""
        self._say(f"! {text}")

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    def _say(self, text: str) -> None:
        self._console.print(f"{seconds_text(self.elapsed):>12}  {text}", soft_wrap=True)
        self._flush()

    def _flush(self) -> None:
        self._said = time.monotonic()
        self._console.file.flush()


class LiveWatcher(LineWatcher):
    """On a terminal: below what has happened, one line with the day, what goes on, and how far it is.

    Args:
        console: the terminal.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        from rich.live import Live

        self._doing = self._part = ""
        self._live = Live(console=console, get_renderable=self.view, refresh_per_second=5, transient=True)

    def __enter__(self) -> LiveWatcher:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def doing(self, what: str) -> None:
        """Show what goes on."""
        self._doing, self._part = what, ""

    def within(self, what: str) -> None:
        """Show which part of it."""
        self._part = what

    def day(self, day: date, rows: int, labels: int) -> None:  # noqa: ARG002
        """Show how far it is."""
        self._day = day
        self._rows += rows

    def view(self) -> Text:
        """Return what the terminal shows now."""
        from rich.text import Text

        done = min(1.0, max(0, (self._day - self._first).days) / self._days)
        full = round(done * _BAR)
        part = f"  {self._part}" if self._part else ""
        return Text.assemble(
            ("━" * full, "green"),
            ("━" * (_BAR - full), "dim"),
            f"  {seconds_text(self.elapsed)}  ",
            (f"{self._day:%d %b %Y}" if self._rows else "", "bold"),
            f"  {count_text(self._rows)} asked about  ",
            (f"{self._doing}{part}", "cyan"),
            no_wrap=True,
            overflow="ellipsis",
        )


class _Stages(SilentReporter):
    """Shows which stage and cell of a run is at work."""

    def __init__(self, watcher: LineWatcher) -> None:
        self._watcher = watcher

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:  # noqa: ARG002
        """Show which pipeline runs."""
        self._watcher.within(pipeline)

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """Show nothing."""

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:  # noqa: ARG002
        """Show the cell."""
        self._watcher.within(f"{entry}, cell {number} of {cells}")

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:  # noqa: ARG002
        """Show that no run is at work any more."""
        self._watcher.within("")


def story(moment: Moment) -> Text:
    """Return one thing that happened, in a line: the day, a sign, what, and why."""
    from rich.text import Text

    from workbench.rehearsal.moment import KINDS

    sign, style = _SIGNS[KINDS[moment.kind]]
    why = f"  {moment.why}" if moment.why else ""
    return Text.assemble(
        (f"{moment.at:%d %b %Y}  ", "bold"), (f"{sign} ", style), moment.what, (why[:200], "dim")
    )
