"""Tells of schedules and triggers in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.cli.amount import plural
from workbench.cli.mark import marked
from workbench.cli.output import open_console, plain_table, print_next, to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from workbench.scheduling import Started
    from workbench.scheduling.crew import Ended
    from workbench.scheduling.orders import Backfill
    from workbench.scheduling.standing import Standing

_NONE = '[schedules.nightly] with cron = "0 3 * * *" and pipeline = … in workbench.toml'


def print_standings(console: Console, found: Sequence[Standing]) -> None:
    """Print schedules with their next times, then triggers."""
    schedules = [each for each in found if each.origin == "schedule"]
    triggers = [each for each in found if each.origin == "trigger"]
    if not found:
        console.print("Nothing happens by itself in this project.")
        print_next(console, (_NONE, "declares a schedule"))
        return
    if schedules:
        table = plain_table("schedule", "does", "when", "code", "last", "next")
        for each in schedules:
            table.add_row(
                each.name, _what(each), f"{each.when}\n{each.timezone}", _code(each), _last(each), _next(each)
            )
        console.print(table)
    if triggers:
        table = plain_table("trigger", "does", "when", "last")
        for each in triggers:
            state = f"\nstands still, by {each.paused}" if each.paused else ""
            table.add_row(each.name, _what(each), f"{each.when}{state}", _last(each))
        console.print(table)
    for each in found:
        if each.trouble:
            console.print(f"! {each.name} will fail: {each.trouble}", style="bold red", soft_wrap=True)
    print_next(console, ("workbench schedule run", "start what is due, until Ctrl-C"))


def print_started(console: Console, started: Sequence[Started]) -> None:
    """Print what a tick has started."""
    if not started:
        console.print("Nothing is due.")
    for each in started:
        console.print(_started(each), soft_wrap=True)


def print_backfill(
    console: Console, name: str, found: Backfill, started: Sequence[Started], *, dry_run: bool
) -> None:
    """Print which days were made up for."""
    if found.done:
        console.print(f"{plural(len(found.done), 'due time')} of {name} ran before, and not again.")
    if dry_run:
        console.print(f"{plural(len(found.dues), 'due time')} of {name} would run:")
        for due in found.dues:
            console.print(f"  {due:%Y-%m-%d %H:%M} UTC")
        return
    for each in started:
        console.print(_started(each), soft_wrap=True)
    waiting = len(found.claims) - len(started)
    if waiting:
        console.print(f"{plural(waiting, 'run')} wait for another run, or are done by another scheduler.")
    if not found.dues:
        console.print("There is nothing to make up for.")


def teller(as_json: bool) -> Callable[[Any], None]:
    """Return what prints a daemon's news, one line each."""
    console = open_console()

    def tell(news: Started | Ended | str) -> None:
        if as_json:
            print(json.dumps(to_json({"trouble": news} if isinstance(news, str) else news)), flush=True)
        else:
            console.print(_news(news), soft_wrap=True)

    return tell


def _news(news: Started | Ended | str) -> str:
    from workbench.scheduling import Started
    from workbench.scheduling.crew import Ended

    if isinstance(news, Started):
        return _started(news)
    if isinstance(news, Ended):
        how = "ended" if news.code == 0 else f"ended with {news.code}: see {news.log}"
        return f"{news.claim.name} {how}  (workbench show {news.claim.run})"
    return f"! {news}"


def _started(started: Started) -> str:
    claim = started.claim
    ((action, target),) = claim.to_dict()["what"].items()
    doing = f"{target} as {claim.run}" if action == "pipeline" else f"{action} {target}"
    outcome = f": {started.done.outcome}, {started.done.reason}".rstrip(", ") if started.done else ""
    return f"{claim.reason} → {doing}{outcome}"


def _what(each: Standing) -> str:
    ((action, target),) = each.what.items()
    return target if action == "pipeline" else f"{action} {target}"


def _code(each: Standing) -> str:
    return each.code if each.code == "live" else f"pinned to {each.code[:10]}"


def _last(each: Standing) -> Text:
    from rich.text import Text

    if not each.last:
        return Text("never", style="dim")
    due = _local(datetime.fromisoformat(each.last["due"]), each.timezone)
    missed = f"\n{plural(each.missed, 'time')} missed" if each.missed else ""
    return Text.assemble(f"{due}\n", marked(each.last["outcome"] or "running"), missed)


def _next(each: Standing) -> str:
    if each.paused:
        return f"stands still, by {each.paused}"
    return "\n".join(_local(due, each.timezone) for due in each.next)


def _local(due: datetime, timezone: str) -> str:
    return due.astimezone(ZoneInfo(timezone)).strftime("%a %Y-%m-%d %H:%M %Z")
