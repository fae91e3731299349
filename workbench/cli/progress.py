"""Shows a run while it goes on: a live view on a terminal, lines elsewhere, nothing beside JSON."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.cli.amount import plural, seconds_text
from workbench.cli.board import Board, Phase, Row
from workbench.cli.mark import mark_of, marked
from workbench.pipeline.expectation import Expectation
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import Reporter, SilentReporter

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table


@contextmanager
def progress(console: Console | None) -> Iterator[Reporter]:
    """Yield the reporter that suits the console; None asks for silence."""
    if console is None:
        yield SilentReporter()
    elif console.is_terminal:
        with LiveReporter(console) as live:
            yield live
    else:
        yield LineReporter(console)


class LineReporter:
    """Writes one line for each thing that happens, for log files and pipes.

    Args:
        console: where to.
        now: tells the time that each line begins with.
    """

    def __init__(self, console: Console, now: Callable[[], datetime] = datetime.now) -> None:
        self._console = console
        self._now = now

    def run_started(self, run: str, pipeline: str, stages: tuple[str, ...]) -> None:
        """Say which run begins, and its stages."""
        self._say(f"run {run} of {pipeline}: {', '.join(stages)}")

    def run_expected(self, expected: Mapping[str, Expectation]) -> None:
        """Say how long it will probably take, when that is known."""
        known = [e.seconds for e in expected.values() if e.seconds is not None]
        if known and len(known) == len(expected):
            self._say(f"everything anew would take about {seconds_text(round(sum(known)))}, as it did before")

    def entry_started(self, entry: str, attempt: int, cells: int) -> None:
        """Say that an attempt begins."""
        again = f" (attempt {attempt})" if attempt > 1 else ""
        self._say(f"{entry}: started, {plural(cells, 'cell')}{again}")

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Say which cell begins."""
        self._say(f"{entry}: cell {number}/{cells}  {first_line}")

    def entry_retrying(self, entry: str, attempt: int, delay: float, reason: str) -> None:
        """Say that another attempt follows."""
        self._say(f"{entry}: attempt {attempt} follows in {delay:g} s: {reason}")

    def entry_ended(self, entry: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Say how an entry ended."""
        why = f": {reason}" if reason else ""
        self._say(f"{entry}: {outcome} in {seconds_text(seconds)}{why}")

    def warning(self, text: str) -> None:
        """Say what deserves attention."""
        self._say(f"warning: {text}")

    def run_ended(self, run: str, outcome: Outcome, seconds: float, reason: str) -> None:
        """Say how the run ended."""
        why = f": {reason}" if reason else ""
        self._say(f"run {run}: {outcome} in {seconds_text(seconds)}{why}")

    def _say(self, text: str) -> None:
        self._console.print(f"{self._now():%H:%M:%S} {text}", soft_wrap=True)
        self._console.file.flush()


class LiveReporter(Board):
    """Keeps a table in place on the terminal: mark, entry, cell at work, seconds.

    Args:
        console: the terminal.
        monotonic: tells seconds that never run backwards.
    """

    def __init__(self, console: Console, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(monotonic)
        from rich.live import Live
        from rich.spinner import Spinner

        self._console = console
        self._spinner = Spinner("dots", style="blue")
        self._live = Live(console=console, get_renderable=self.view, refresh_per_second=8)

    def __enter__(self) -> LiveReporter:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def warning(self, text: str) -> None:
        """Print above the table."""
        from rich.text import Text

        self._console.print(Text(f"! {text}", style="yellow"))

    def view(self) -> RenderableType:
        """Return what the terminal shows now."""
        from rich.console import Group
        from rich.text import Text

        if not self.run:
            return Text("starting …", style="dim")
        shown = self.visible(self._console.height - 4)
        parts: list[Any] = [
            Text.assemble((self.pipeline, "bold"), (f"  run {self.run}{self._time_left()}", "dim")),
            self._table(shown),
        ]
        if hidden := len(self.rows()) - len(shown):
            parts.append(Text(f"  and {hidden} more: {self._counts()}", style="dim"))
        return Group(*parts)

    def _table(self, rows: list[Row]) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        for row in rows:
            elapsed = self.elapsed(row)
            table.add_row(
                self._sign(row),
                Text(row.entry, style="bold" if row.is_running else ""),
                self._story(row),
                Text("" if elapsed is None else seconds_text(elapsed), style="dim"),
            )
        return table

    def _sign(self, row: Row) -> RenderableType:
        return self._spinner if row.phase in (Phase.RUNNING, Phase.RETRYING) else mark_of(row.phase)

    def _story(self, row: Row) -> RenderableType:
        from rich.text import Text

        if isinstance(row.phase, Outcome):
            return marked(row.phase).append(f"  {row.words}", style="dim")[2:]
        if row.phase is Phase.WAITING:
            return Text("waiting", style="dim")
        again = f"attempt {row.attempt}  " if row.attempt > 1 else ""
        if row.phase is Phase.RETRYING:
            return Text(f"{again}{row.words}", style="yellow")
        if not row.cell:
            return Text(f"{again}starting", style="dim")
        return Text.assemble((f"{again}cell {row.cell}/{row.cells}  ", "blue"), (row.words, "dim"))

    def _time_left(self) -> str:
        left = self.left()
        return "" if left is None or self.outcome else f"  about {seconds_text(round(left))} left"

    def _counts(self) -> str:
        counts = Counter(str(row.phase) for row in self.rows())
        return ", ".join(f"{number} {phase}" for phase, number in counts.items())
