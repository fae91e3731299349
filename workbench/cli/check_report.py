"""What `workbench check` says: how it goes on, and what it found."""

from __future__ import annotations

import threading
from shlex import quote
from typing import TYPE_CHECKING

from workbench.cli.amount import plural, seconds_text
from workbench.cli.output import print_next
from workbench.parity.fault import SKIPPED

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.parity import Checked, Fault, Report


_REASON = 100  # characters of why a gate said no


class Lines:
    """Writes a line for each run that begins; on a terminal the cell at work besides.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._status = console.status("") if console.is_terminal else None

    def began(self, name: str, run: int, why: str) -> None:
        """Say that a run begins."""
        self._say(f"{name}: run {run}, {why}")

    def cell(self, name: str, run: int, number: int, cells: int, first_line: str) -> None:
        """Show the cell at work."""
        if self._status:
            with self._lock:
                self._status.start()
                self._status.update(f"{name}, run {run}: cell {number}/{cells}  {first_line[:60]}")

    def ended(self, checked: Checked) -> None:
        """Say what came of it."""
        with self._lock:
            if self._status:
                self._status.stop()
            self._console.print()
            print_checked(self._console, checked)
            self._console.print()

    def _say(self, text: str) -> None:
        with self._lock:
            self._console.print(text, style="dim", soft_wrap=True)
            self._console.file.flush()


def print_checked(console: Console, checked: Checked) -> None:
    """Print what was found in one notebook."""
    from rich.text import Text

    mark, style = ("✓", "green") if checked.passed else ("✗", "red")
    if checked.outcome == SKIPPED:
        mark, style = "–", "yellow"
    head = Text.assemble((f"{mark} ", style), (checked.name, "bold"))
    if checked.stage:
        head.append(f"  {checked.notebook}", style="dim")
    head.append(f"  {_story(checked)}", style="dim")
    console.print(head, soft_wrap=True)
    for fault in checked.faults:
        _print_fault(console, fault)
    for text in checked.broken:
        console.print(Text(f"    rule  {text}", style="dim"), soft_wrap=True)


def _story(checked: Checked) -> str:
    if checked.outcome in (SKIPPED, "not run"):
        return f"{checked.outcome}: {checked.reason}"
    ran = f"{plural(checked.cells, 'cell')}, run {_times(checked.runs)} in {seconds_text(checked.seconds)}"
    if checked.outcome == "succeeded":
        return ran
    if checked.outcome == "rejected":
        return f"{ran}; rejected, which is no fault: {checked.reason[:_REASON]}"
    return f"{ran}, {checked.outcome}: {checked.reason}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _print_fault(console: Console, fault: Fault) -> None:
    from rich.text import Text

    mark, style = ("✗", "red") if fault.fails else ("·", "dim")
    line = Text.assemble(
        (f"  {mark} ", style), (fault.place, "bold"), "  ", (fault.kind.value, style), f"  {fault.text}"
    )
    console.print(line, soft_wrap=True)
    if fault.source:
        console.print(Text(f"      {fault.source}", style="cyan"), soft_wrap=True)
    if fault.todo:
        console.print(Text(f"      → {fault.todo}", style="dim"), soft_wrap=True)


def print_report(console: Console, report: Report) -> None:
    """Print what it comes to."""
    if report.passed:
        what = "depends" if len(report.checked) == 1 else "depend"
        console.print(
            f"{plural(len(report.checked), 'notebook')}: none {what} on anything but what is declared."
        )
        return
    skipped = [each.name for each in report.checked if each.outcome == SKIPPED]
    failed = [each for each in report.checked if not each.passed and each.name not in skipped]
    count = sum(fault.fails for each in failed for fault in each.faults)
    if failed:
        console.print(f"{plural(count, 'finding')} in {plural(len(failed), 'notebook')}.", style="bold")
    if skipped:
        console.print(f"Not checked: {', '.join(skipped)}.", style="bold yellow")
    for first in failed[:1]:
        print_next(
            console,
            (f"jupyter lab {quote(first.notebook)}", "mend it"),
            (f"workbench check {quote(first.notebook)}", "look again"),
        )
