"""`workbench audit`: the ledger itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from workbench.cli.amount import plural
from workbench.cli.mark import mark_of
from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json
from workbench.errors import StorageError, UsageError

if TYPE_CHECKING:
    from workbench.audit import Audit
    from workbench.ledger import Head

app = typer.Typer(
    help="Verify or export the ledger.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)


class Format(StrEnum):
    """What an export is written as."""

    JSONL = "jsonl"
    CSV = "csv"


@app.callback()
def audit(ctx: typer.Context) -> None:
    """Verify or export the ledger.

    The ledger is the append-only, hash-chained record of every event that matters.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command()
def verify(
    anchor: Annotated[
        str | None,
        typer.Option("--head", metavar="POSITION:HASH", help="A head printed earlier and kept elsewhere."),
    ] = None,
    no_anchors: Annotated[
        bool, typer.Option("--no-anchors", help="Ask neither executed notebooks nor MLflow's runs.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Check every event's hash, the chain between them, and the heads kept elsewhere.

    A row that was edited, removed, inserted or moved is named. A cut tail, or a ledger rewritten as a
    whole, shows only against heads kept elsewhere: each executed notebook holds one, and each run in
    MLflow. Aliases that MLflow shows otherwise than the ledger are told too. Exit code 1: something is
    wrong, or could not be compared.
    """
    from workbench.audit import audit as audit_of
    from workbench.workspace import open_workspace

    heads = (_head(anchor),) if anchor else ()
    with open_workspace() as workspace:
        found = audit_of(workspace, *heads, anchors=not no_anchors)
    if as_json:
        print_json(found)
    else:
        _print(found)
    return 0 if found.ok else 1


def _print(found: Audit) -> None:
    console = open_console()
    problems = [f"event {position}: {what}" for position, what in found.verification.problems]
    problems += [f"not compared: {what}" for what in found.unread]
    problems += [f"moved by hand: {each}" for each in found.differences if each.by_hand]
    console.print(mark_of("pass" if found.ok else "fail"), plural(found.verification.count, "event"), end="")
    console.print(" verified" if found.ok else f", {plural(len(problems), 'problem')}", end="")
    console.print(f", against {_against(found.anchors)}" if found.anchors else "")
    for problem in problems:
        console.print(f"  {problem}", soft_wrap=True)
    for difference in found.differences:
        if not difference.by_hand:
            console.print(f"  lags behind: {difference}", style="dim", soft_wrap=True)
    console.print(f"head: {found.head}", style="dim")


def _against(anchors: Mapping[str, int]) -> str:
    notebooks, runs = anchors["notebooks"], anchors["mlflow"]
    return f"the heads in {plural(notebooks, 'notebook')} and {plural(runs, 'MLflow run')}"


def _head(text: str) -> Head:
    from workbench.ledger import Anchor, parse_head

    head = parse_head(text)
    if head is None:
        raise UsageError(
            f"Expected --head POSITION:HASH, but got {text!r}.",
            hint="`workbench audit verify` prints it as its last line.",
            head=text,
        )
    return Anchor(head.position, head.hash, "--head")


@app.command()
def export(
    form: Annotated[
        Format, typer.Option("--format", help="One JSON object per line, or CSV.")
    ] = Format.JSONL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here; standard output if left out."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write every event out, the oldest first.

    With --json the events are one JSON document, or, beside --output, the file's name and their number.
    """
    from workbench.ledger.audit import export as rows_of
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        if output is not None:
            lines = _write(output, rows_of(workspace.ledger, form.value))
            number = lines - (form is Format.CSV)  # a CSV opens with its headings
            return _say_written(output, number, as_json)
        if as_json:
            print_json([json.loads(line) for line in rows_of(workspace.ledger, "jsonl")])
        else:
            for line in rows_of(workspace.ledger, form.value):
                print(line)
    return 0


def _write(output: Path, lines: Iterable[str]) -> int:
    try:
        with output.open("x", encoding="utf-8") as file:
            return _written(file, lines, output)
    except FileExistsError as error:
        raise UsageError(
            f"{output} exists already, and an export overwrites nothing.",
            hint="Name another file, or remove this one first.",
            path=str(output),
        ) from error
    except OSError as error:
        raise StorageError(
            f"{output} cannot be written: {error.strerror or error}.",
            hint="Name another file, in a folder that is there and yours.",
            store=str(output),
        ) from error


def _written(file: TextIO, lines: Iterable[str], output: Path) -> int:
    """Write the lines and return their number; half an export is none."""
    try:
        return sum(1 for line in lines if file.write(f"{line}\n"))
    except BaseException:
        output.unlink()
        raise


def _say_written(output: Path, number: int, as_json: bool) -> int:
    if as_json:
        print_json({"file": output, "events": number})
    else:
        print(f"{plural(number, 'event')} written to {output}")
    return 0
