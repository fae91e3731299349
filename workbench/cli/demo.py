"""`workbench demo`: a year of the real service, its schedules and its trainings, in minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import count_text, plural, seconds_text
from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json, print_next

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.rehearsal.rehearse import Rehearsed

FOLDER = "demo"


def demo(
    *,
    months: Annotated[
        int | None, typer.Option("--months", metavar="N", min=1, help="Only the first N; all if left out.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--in", metavar="DIR", help="Where it happens; the folder demo if left out."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove an earlier one from there, and begin anew.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Live through the project's past once more: the whole loop, in minutes.

    What [rehearsal] of workbench.toml declares is replayed in a copy of the project: a first champion is
    trained, callers ask it over HTTP in order of time, the truth arrives later, and the project's own
    schedules, alerts, triggers, gates and judgement do what they would have done. It ends with a timeline,
    read from the copy's ledger. One that was interrupted goes on where it stopped.
    """
    from workbench.cli.rehearsing import watching
    from workbench.project import load_project
    from workbench.rehearsal.rehearse import rehearse

    console = None if as_json else open_console()
    project = load_project()
    with watching(console) as watcher:
        found = rehearse(project, into or project.root / FOLDER, watcher, months=months, fresh=fresh)
    if console is None:
        print_json(found)
    else:
        _print(console, found)
    return 0


def _print(console: Console, found: Rehearsed) -> None:
    from rich.text import Text

    from workbench.cli.timeline import print_comparison

    timeline = found.timeline
    console.print()
    console.print(Text(timeline.sentence, style="bold"), soft_wrap=True)
    print_comparison(console, timeline)
    console.print()
    table = plain_table("where the time went", "seconds", right=("seconds",))
    for what, seconds in sorted(found.spent.items(), key=lambda item: -item[1]):
        table.add_row(what, f"{seconds:.1f}")
    console.print(table)
    asked = f"{count_text(found.rows)} asked about, {plural(found.labels, 'label')}"
    console.print(Text(f"{asked}, in {seconds_text(found.seconds)}", style="dim"))
    console.print()
    console.print(
        Text.assemble("The timeline: ", (str(timeline.files["html"]), "bold green")), soft_wrap=True
    )
    enter = f"cd {_short(found.root)}"
    print_next(
        console,
        (enter, "the copy of the project in which it happened"),
        (f"workbench timeline {timeline.model}", "the same as a table"),
        ("workbench dashboards", "look at it in the browser, as stakeholders do"),
        ("workbench alerts", "what fired, and what the cause was"),
        ("workbench audit export", "every step, with its place in the ledger"),
    )


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
