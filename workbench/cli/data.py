"""`workbench data`: the versions of a dataset, what is in one, what changed, and a contract drafted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import bytes_text, count_text, number_text, plural, time_text
from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import StorageError, UsageError

if TYPE_CHECKING:
    from workbench.workspace import Workspace

app = typer.Typer(
    help="Show the versions of a dataset.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A dataset, as a stage declares it.")]


@app.callback()
def data(ctx: typer.Context) -> None:
    """Show the versions of a dataset.

    Only what a run committed counts: a version is visible by the ledger's event alone.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command()
def log(name: Name, as_json: Json = False) -> int:
    """List a dataset's versions, the newest first."""
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        rows = workspace.catalog.history(name)
    if as_json:
        print_json(rows)
        return 0
    table = plain_table("version", "at", "rows", "content", "stage", "run", "by", right=("version", "rows"))
    for row in rows:
        table.add_row(
            str(row.version),
            time_text(row.at),
            count_text(row.rows),
            row.fingerprint[:12],
            row.stage,
            row.run,
            row.actor,
        )
    console = open_console()
    console.print(table)
    steps = [(f"workbench data show {name}", "its columns")]
    if len(rows) > 1:
        steps.append((f"workbench data diff {name}", "what changed last"))
    print_next(console, *steps)
    return 0


@app.command()
def show(
    name: Name,
    version: Annotated[int | None, typer.Option("--version", help="The newest one if left out.")] = None,
    as_json: Json = False,
) -> int:
    """Show a version's columns: types, nulls, distinct values, range.

    Every digest is checked before a file is read.
    """
    from workbench.data import describe
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        record = workspace.catalog.version(name, _number(workspace, name, version))
        columns = describe(record, workspace.datasets)
    if as_json:
        print_json({"dataset": record, "columns": columns})
        return 0
    console = open_console()
    size = bytes_text(sum(file["size"] for file in record["files"]))
    console.print(
        f"{name} version {record['version']}: {plural(record['rows'], 'row')}, {size}", style="bold"
    )
    numbers = ("nulls", "distinct", "min", "max", "mean")
    table = plain_table("column", "type", *numbers, right=numbers)
    for column in columns:
        values = (column.nulls, column.distinct, column.minimum, column.maximum, column.mean)
        table.add_row(column.name, column.type, *map(number_text, values))
    console.print(table)
    return 0


@app.command()
def diff(
    name: Name,
    before: Annotated[
        int | None, typer.Argument(metavar="BEFORE", help="A version; the one before AFTER if left out.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="AFTER", help="A version; the newest if left out.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show what changed between two versions of a dataset.

    Columns, row counts and, for each column, nulls, range, mean, categories and the share of changed values.
    """
    from workbench.data import diff_tables
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        newer = _number(workspace, name, after)
        older = before if before is not None else _number_before(workspace, name, newer)
        records = [workspace.catalog.version(name, number) for number in (older, newer)]
        found = diff_tables(records[0], records[1], workspace.datasets)
    if as_json:
        print_json(found)
        return 0
    console = open_console()
    console.print(f"{name}: version {older} → {newer}", style="bold")
    for line in found.lines():
        console.print(f"  {line}", soft_wrap=True)
    return 0


@app.command()
def draft(
    name: Name,
    version: Annotated[int | None, typer.Option("--version", help="The newest one if left out.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; never over a file.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Draft a contract from a version of a dataset, for a person to edit.

    Types, missing values, bounds with some room, categories, patterns, keys.
    """
    from workbench.data.contract import draft_contract
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        record = workspace.catalog.version(name, _number(workspace, name, version))
        table = workspace.datasets.read(record, as_="arrow")
        declared = name in workspace.project.config.contracts
    origin = f"version {record['version']}, {plural(record['rows'], 'row')}"
    text = draft_contract(table, name, origin)
    if output is not None:
        _write_new(output, text)
    if as_json:
        print_json({"name": name, "version": record["version"], "file": output, "contract": text})
        return 0
    if output is None:
        print(text, end="")
        return 0
    console = open_console()
    console.print(f"{output}: a draft from {origin}. Read and edit it.")
    if not declared:
        console.print(f'Declare it in workbench.toml:\n\n  [contracts.{name}]\n  file = "{output}"')
    console.print(f'\nIn a stage with the output {name}_quarantine: clean = stage.validate("{name}", table)')
    return 0


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{path} exists already, and a draft never replaces what a person may have edited.",
            hint="Name another file, or remove that one first.",
        ) from None
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Name another file.",
            store=str(path),
        ) from None


def _number(workspace: Workspace, name: str, version: int | None) -> int:
    return workspace.catalog.history(name)[0].version if version is None else version


def _number_before(workspace: Workspace, name: str, version: int) -> int:
    numbers = [row.version for row in workspace.catalog.history(name)]
    place = numbers.index(version) + 1 if version in numbers else len(numbers)
    if place >= len(numbers):
        raise UsageError(
            f"There is no version of {name!r} before {version} to compare it with.",
            hint=f"`workbench data log {name}` lists its versions.",
            name=name,
        )
    return numbers[place]
