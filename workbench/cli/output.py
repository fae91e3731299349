"""Where words and JSON leave the program."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_OF_A_FILE = 160
_LEAST = 20  # columns beside a command, for what it does


def to_json(value: Any) -> Any:
    """Return `value` as plain JSON types; what JSON cannot hold (NaN, infinity) becomes null."""
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def print_json(value: Any, *, to_errors: bool = False) -> None:
    """Print one JSON document, to standard error if asked."""
    text = json.dumps(to_json(value), indent=2, ensure_ascii=False, allow_nan=False)
    print(text, file=sys.stderr if to_errors else sys.stdout, flush=True)


def open_console(*, to_errors: bool = False) -> Console:
    """Return a Rich console; a file or a pipe gets wide, undecorated lines.

    When nobody reads any more, as behind `| head -1`, it falls silent: what goes on is not ended by that.
    """
    from rich.console import Console

    class Patient(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.file.fileno())
            os.close(nothing)

    stream = sys.stderr if to_errors else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_FILE
    return Patient(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


def plain_table(*columns: str, right: tuple[str, ...] = (), title: str | None = None) -> Table:
    """Return an empty table in the one style that all commands share.

    Args:
        columns: the headings, in order.
        right: the headings of columns of numbers.
        title: words above the table.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        title=title,
        title_justify="left",
        pad_edge=False,
        show_edge=False,
    )
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def print_next(console: Console, *steps: tuple[str, str]) -> None:
    """Print the commands that come next, each with what it does."""
    from rich.table import Table
    from rich.text import Text

    console.print()
    console.print(Text("Next:", style="bold"))
    if console.width < max(len(command) for command, _ in steps) + _LEAST:
        for command, purpose in steps:
            console.print(Text(f"  {command}", style="bold cyan"), soft_wrap=True)
            console.print(Text(f"    {purpose}", style="dim"))
        return
    grid = Table.grid(padding=(0, 3))
    for command, purpose in steps:
        grid.add_row(Text(f"  {command}", style="bold cyan"), Text(purpose, style="dim"))
    console.print(grid)
