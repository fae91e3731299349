"""`workbench schedule`: what happens by itself, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from workbench.cli.options import Json, Reason
from workbench.cli.output import open_console, print_json
from workbench.errors import UsageError

app = typer.Typer(
    help="List what happens by itself, let it happen, make up for it, pause it.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A schedule or trigger of workbench.toml.")]


@app.callback()
def schedule(ctx: typer.Context, as_json: Json = False) -> None:
    """List what happens by itself, let it happen, make up for it, pause it."""
    if ctx.invoked_subcommand is None:
        list_(as_json)


@app.command("list")
def list_(as_json: Json = False) -> int:
    """List schedules, each with the next five times that it is due, and triggers.

    What ran last and how it ended, and whether notebooks run as they are or as in a pinned commit.
    """
    from workbench.cli.schedule_report import print_standings
    from workbench.scheduling.standing import standings
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        found = standings(workspace)
    if as_json:
        print_json(found)
    else:
        print_standings(open_console(), found)
    return 0


@app.command()
def run(
    every: Annotated[
        str, typer.Option("--every", metavar="DURATION", help="How often triggers are looked at.")
    ] = "5s",
    as_json: Json = False,
) -> int:
    """Start what is due, until Ctrl-C.

    Any number of these may be at work, on any number of machines that share the ledger, and any of them may
    be killed: what is due starts once. What was started goes on when this ends. With --json, one JSON
    document a line.
    """
    import signal
    import threading

    from workbench.cli.schedule_report import teller
    from workbench.root import find_root
    from workbench.scheduling.daemon import Daemon

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    daemon = Daemon(find_root(), every=_duration(every), tell=teller(as_json))
    daemon.run(stop)
    return 0


@app.command()
def tick(as_json: Json = False) -> int:
    """Start what is due now, wait for its end, and return.

    For a machine that has a scheduler of its own: let it call this every minute.
    """
    from workbench.cli.progress import progress
    from workbench.cli.schedule_report import print_started
    from workbench.scheduling import Scheduler
    from workbench.workspace import open_workspace

    console = None if as_json else open_console()
    with open_workspace() as workspace, progress(console) as reporter:
        started = Scheduler(workspace, reporter=reporter).tick()
    if console is None:
        print_json(started)
    else:
        print_started(console, started)
    return 0


@app.command()
def backfill(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A schedule.")],
    *,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, such as 2013-03-01.")],
    last: Annotated[str, typer.Option("--until", metavar="DAY", help="The last day, included.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would run.")] = False,
    as_json: Json = False,
) -> int:
    """Run a schedule for days that lie back, one due time after the other.

    Days are those of the schedule's time zone. What ran already is not run again. What this leaves undone,
    should it be stopped, is done by whoever starts what is due next.
    """
    from workbench.cli.progress import progress
    from workbench.cli.schedule_report import print_backfill
    from workbench.scheduling import Scheduler
    from workbench.scheduling.orders import backfill as order
    from workbench.workspace import open_workspace

    days = _day(first, "--from"), _day(last, "--until")
    console = None if as_json else open_console()
    with open_workspace() as workspace, progress(console) as reporter:
        found = order(workspace, name, *days, dry_run=dry_run)
        started = Scheduler(workspace, reporter=reporter).perform(found.claims)
    if console is None:
        print_json({"due": found.dues, "done_before": found.done, "started": started})
    else:
        print_backfill(console, name, found, started, dry_run=dry_run)
    return 0


@app.command()
def pause(name: Name, reason: Reason = "", as_json: Json = False) -> int:
    """Let a schedule or trigger stand still, until it is resumed."""
    from workbench.scheduling.orders import pause as order
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        changed = order(workspace, name, reason)
    _tell(name, "stands still", changed, as_json)
    return 0


@app.command()
def resume(name: Name, reason: Reason = "", as_json: Json = False) -> int:
    """Let a schedule or trigger go on.

    What was due meanwhile is not made up for: see `workbench schedule backfill`.
    """
    from workbench.scheduling.orders import resume as order
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        changed = order(workspace, name, reason)
    _tell(name, "goes on", changed, as_json)
    return 0


def _tell(name: str, state: str, changed: bool, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "state": state, "changed": changed})
    else:
        open_console().print(f"{name} {state}." if changed else f"{name} {state} already.")


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"Expected a day such as 2013-03-01 as {option}, but got {text!r}.", hint="Correct it."
        ) from None


def _duration(text: str) -> timedelta:
    from workbench.duration import parse_duration

    try:
        duration = parse_duration(text)
        if duration <= timedelta():
            raise ValueError(f"expected a duration above nothing, but got {text!r}")
        return duration
    except ValueError as error:
        raise UsageError(f"--every: {error}.", hint="Write for example: --every 30s") from None
