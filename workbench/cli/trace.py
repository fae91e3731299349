"""`workbench trace`: from a prediction or a model version back to everything that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import plural, time_text
from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.registry import Deployment
    from workbench.registry.trace import Read, Step, Trace
    from workbench.serving.log import Prediction
    from workbench.workspace import Workspace

_REQUEST = 32  # hexadecimal digits of a request's id


def trace(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PREDICTION_ID",
            help="The id that an answer came with; or a version: MODEL/3, MODEL@champion, MODEL.",
        ),
    ],
    *,
    as_json: Json = False,
) -> int:
    """Trace a prediction or a model version to its run, data, code cells, parameters, gates and approver.

    A prediction leads to the row that was asked, to what came true, and to the version that answered.
    Everything else comes from the ledger: the exact version of every dataset, and of every stage the
    cells that were executed, by number, first line and digest.
    """
    from workbench.registry.trace import trace as follow
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        row = _find_prediction(what, workspace) if _is_prediction(what) else None
        reference = what if row is None else f"{row.model}/{row.version}"
        found = follow(
            workspace.registry.version(reference), ledger=workspace.ledger, project=workspace.project
        )
        then = None if row is None else _deployment_then(row, workspace)
    if as_json:
        more = {} if row is None or then is None else {"prediction": row, "deployment": then}
        print_json({**found.to_dict(), **more})
        return 0
    console = open_console()
    if row is not None and then is not None:
        from workbench.cli.prediction_report import print_prediction

        print_prediction(console, row, then)
    _print_trace(console, found)
    return 0


def _is_prediction(text: str) -> bool:
    """Whether a text looks like what an answer came with: 32 hexadecimal digits, and the row's number."""
    request, _, row = text.partition("-")
    return (
        len(request) == _REQUEST and set(request) <= set("0123456789abcdef") and (row.isdecimal() or not row)
    )


def _find_prediction(text: str, workspace: Workspace) -> Prediction:
    from workbench.serving.log import PredictionLog

    found = PredictionLog(workspace.project).find(text)
    if found is None:
        raise UnknownNameError(
            "prediction",
            text,
            hint="It is not in this project's log. An answer tells its id in the header x-prediction-id.",
        )
    return found


def _deployment_then(row: Prediction, workspace: Workspace) -> Deployment:
    """Return which versions served when a row was answered."""
    from workbench.registry import fold
    from workbench.registry.model import stream_of

    events = workspace.ledger.read(stream_of(row.model))
    return fold(row.model, (event for event in events if event.at <= row.at)).deployment


def _print_trace(console: Console, found: Trace) -> None:
    _print_head(console, found)
    for step in found.made:
        _print_step(console, step)
    if found.judged:
        _print_step(console, found.judged, "judged by ")
    _print_decisions(console, found)
    name = f"{found.version.model}/{found.version.number}"
    print_next(
        console,
        (f"workbench card {name} --html card.html", "the same for people, with figures"),
        (f"workbench show {found.version.run}", "the run that trained it"),
    )


def _print_head(console: Console, found: Trace) -> None:
    from rich.text import Text

    version = found.version
    held = f"  {', '.join(found.aliases)}" if found.aliases else ""
    console.print(Text.assemble((f"{version.model} version {version.number}", "bold"), (held, "bold green")))
    console.print(
        Text(f"  trained by stage {version.stage} of run {version.run}, registered {time_text(version.at)}")
    )
    console.print(Text(f"  fingerprint {version.fingerprint}", style="dim"))


def _print_step(console: Console, step: Step, before: str = "") -> None:
    from rich.text import Text

    commit = step.git.get("commit")
    git = f"commit {commit[:10]}{' with changes' if step.git.get('dirty') else ''}" if commit else "no commit"
    console.print()
    console.print(
        Text.assemble((f"{before}{step.stage}", "bold"), (f"  run {step.run}, {git}, by {step.actor}", "dim"))
    )
    if step.reads:
        console.print(Text(f"  read  {_records(step.reads)}"), soft_wrap=True)
    if step.saved:
        console.print(Text(f"  made  {_records(step.saved)}"), soft_wrap=True)
    if step.parameters:
        told = ", ".join(f"{name} = {value}" for name, value in step.parameters.items())
        console.print(Text(f"  with  {told}"), soft_wrap=True)
    if step.modules:
        console.print(Text(f"  using {', '.join(step.modules)}", style="dim"), soft_wrap=True)
    for cell in step.cells:
        console.print(Text(f"  cell {cell.number:>2}  {cell.first_line}", style="cyan"), soft_wrap=True)


def _print_decisions(console: Console, found: Trace) -> None:
    from workbench.cli.model_report import print_evidence

    console.print()
    if found.version.gates:
        console.print("What the gates said:", style="bold")
        print_evidence(console, found.version)
    else:
        console.print("Its gates never ran.", style="yellow")
    table = plain_table("when", "what", "by", "why")
    for promotion in found.promotions:
        asked = f"asked for as {promotion.alias} ({promotion.policy})"
        table.add_row(time_text(promotion.at), asked, promotion.author or promotion.actor, promotion.reason)
        if promotion.decision:
            said = promotion.decision
            by = f"policy {promotion.policy}" if promotion.policy == "automatic" else said.actor
            table.add_row(time_text(said.at), promotion.state, by, said.reason)
    for move in found.moves:
        what = f"{move.alias} from {move.before or 'nobody'} to {move.after or 'nobody'} by {move.why}"
        table.add_row(time_text(move.at), what, move.actor, move.reason)
    if table.rows:
        console.print()
        console.print(table)


def _records(records: tuple[Read, ...]) -> str:
    return ", ".join(
        f"{record.name}"
        + (f" v{record.version}" if record.version is not None else f" ({record.kind})")
        + (f" {plural(record.rows, 'row')}" if record.rows is not None else "")
        + f" {record.fingerprint[:12]}"
        for record in records
    )
