"""`workbench replay`: what a version would have answered to the requests that were logged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import count_text, number_text, plural, time_text
from workbench.cli.moment import parse_moment
from workbench.cli.options import Json, Model
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.serving.replay import Replay

_MOST_SLICES = 8  # of each column


def replay(
    model: Model,
    *,
    version: Annotated[int, typer.Option("--version", metavar="N", help="The version that is tried.")],
    window: Annotated[str, typer.Option("--window", metavar="DURATION", help="How far back.")] = "7d",
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Where the window ends; now if left out.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="COLUMN", help="Look at each of its values; repeatable."),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option("--at", metavar="SCORE", help="From which score on a row counts as 1.", min=0, max=1),
    ] = None,
    as_json: Json = False,
) -> int:
    """Run a version over what was logged, before any caller meets it.

    Every row that callers were answered in the window is scored again: how far the scores are apart, how
    many rows would be decided otherwise, and in which slices. Nothing is logged and nobody is answered.
    """
    from workbench.clock import system_clock
    from workbench.ledger import open_ledger
    from workbench.project import load_project
    from workbench.registry import Registry
    from workbench.serving.replay import replay as run

    clock = system_clock()
    ends = parse_moment(until, "--until", "UTC") or clock.now()
    begins = _begin(ends, window)
    project = load_project()
    ledger = open_ledger(project.layout.ledger_url, clock)
    try:
        tried = Registry(project, ledger).model(model).find(version)
    finally:
        ledger.close()
    found = run(tried, project, since=begins, until=ends, by=by or (), bar=at)
    if as_json:
        print_json(found)
    else:
        _print(open_console(), found)
    return 0


def _print(console: Console, found: Replay) -> None:
    from rich.text import Text

    against = ", ".join(f"version {number} ({count_text(rows)})" for number, rows in found.against.items())
    console.print(
        Text.assemble(
            (f"{found.model} version {found.version}", "bold"),
            f" on {plural(found.rows, 'row')} from {time_text(found.since)} to {time_text(found.until)}, "
            f"answered by {against}",
        ),
        soft_wrap=True,
    )
    if found.refused:
        refused = f"! {plural(found.refused, 'row')} would be refused: {found.refusal}"
        console.print(Text(refused, style="bold red"), soft_wrap=True)
    if found.unknown:
        told = f"! {', '.join(found.unknown)} counted as missing: sensitive, so not in the log as it came"
        console.print(Text(told, style="yellow"), soft_wrap=True)
    for line in _lines(found):
        console.print(f"  {line}")
    _print_slices(console, found)
    _print_furthest(console, found)
    name = f"{found.model} {found.version}"
    steps = [(f"workbench promote {name} --shadow", "let it score new requests, unseen by callers")]
    if found.disagreements:
        steps.append(
            (f"workbench trace {found.disagreements[0].prediction_id}", "where that answer came from")
        )
    print_next(console, *steps)


def _lines(found: Replay) -> list[str]:
    lines = []
    if found.mean is not None:
        shift = "" if found.shift is None else f"; on average {found.shift:+.4g}"
        lines.append(
            f"scores differ by {number_text(found.mean)}, at most {number_text(found.maximum)}{shift}"
        )
    if found.changed is not None:
        bar = "" if found.decided_at is None else f", with 1 from {found.decided_at:g} on"
        share = f" ({found.share:.2%})" if found.share is not None else ""
        lines.append(f"{plural(found.changed, 'row')}{share} would be decided otherwise{bar}")
    return lines


def _print_slices(console: Console, found: Replay) -> None:
    if not found.slices:
        return
    table = plain_table(
        "column", "value", "rows", "decided otherwise", "mean difference", "at most", right=_NUMBERS
    )
    shown: dict[str, int] = {}
    for each in found.slices:
        shown[each.column] = shown.get(each.column, 0) + 1
        if shown[each.column] <= _MOST_SLICES:
            share = "–" if each.share is None else f"{each.share:.2%}"
            numbers = (number_text(each.mean), number_text(each.maximum))
            table.add_row(each.column, each.value, count_text(each.rows), share, *numbers)
    console.print()
    console.print(table)
    hidden = sum(max(0, count - _MOST_SLICES) for count in shown.values())
    if hidden:
        console.print(f"and {plural(hidden, 'slice')} that disagree less; all of them: --json", style="dim")


_NUMBERS = ("rows", "decided otherwise", "mean difference", "at most")


def _print_furthest(console: Console, found: Replay) -> None:
    if not found.disagreements:
        return
    table = plain_table(
        "furthest apart", "answered", "by version", "would be", right=("answered", "by version", "would be")
    )
    for each in found.disagreements:
        row = (number_text(each.answered), str(each.version), number_text(each.replayed))
        table.add_row(each.prediction_id, *row)
    console.print()
    console.print(table)


def _begin(ends: datetime, text: str) -> datetime:
    from workbench.duration import parse_duration

    try:
        duration = parse_duration(text)
        if duration <= timedelta():
            raise ValueError(f"expected a duration above nothing, but got {text!r}")
        return ends - duration
    except OverflowError:
        raise UsageError(
            f"--window cannot be {text!r}: it would begin before the year 1.", hint="Write 7d for a week."
        ) from None
    except ValueError as error:
        raise UsageError(f"--window cannot be {text!r}: {error}.", hint="Write 7d for a week.") from error
