"""`workbench models`, `promote` and `rollback`: which versions of a model serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.decided import opened_registry, print_decided
from workbench.cli.options import Json, Model, Reason, Wait
from workbench.cli.output import open_console, print_json
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.registry import ModelState

_MOST_VERSIONS = 10
_CHAMPION = "champion"


def models(
    model: Annotated[str | None, typer.Argument(metavar="MODEL", help="One model, in all detail.")] = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put MLflow's aliases back to what the ledger says.")
    ] = False,
    as_json: Json = False,
) -> int:
    """List models, their versions and champions, and what waits for an approval.

    Which share of the traffic a challenger gets, which shadows there are, and what a server refused to
    serve is told, too. An alias that somebody moved in MLflow by hand is reported; the ledger decides who
    is champion. With a MODEL: all its versions, what the gates said of the newest, and every decision and
    move of its aliases.
    """
    from workbench.cli.model_report import describe_model, print_model, print_waiting
    from workbench.cli.stray_report import look_at_mlflow, print_strays
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        registry = workspace.registry
        if model:
            registry.model(model)
        strays = look_at_mlflow(registry, model, repair=repair)
        states = [registry.model(model)] if model else registry.models()
        blocked = {(s.name, p.number): registry.blocked(s, p) for s in states for p in s.pending}
        declared = workspace.project.config.models
    if as_json:
        found = [describe_model(state, blocked, strays) for state in states]
        print_json(found[0] if model else found)
        return 0
    console = open_console()
    if not states:
        console.print("No model is declared; a table [models.NAME] in workbench.toml declares one.")
    for state in states:
        metric = declared[state.name].metric if state.name in declared else ""
        print_model(console, state, metric, None if model else _MOST_VERSIONS)
        print_waiting(console, state, blocked)
        console.print()
        if model:
            _print_detail(state)
    print_strays(strays)
    return 0


def promote(
    model: Model,
    version: Annotated[int, typer.Argument(metavar="VERSION", help="A registered version's number.")],
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="ALIAS", help="What it becomes: champion or challenger.")
    ] = _CHAMPION,
    traffic: Annotated[
        str | None, typer.Option("--traffic", metavar="SHARE", help="A challenger's share, such as 10%.")
    ] = None,
    shadow: Annotated[
        bool | None,
        typer.Option("--shadow/--no-shadow", help="Score every request unseen by callers, or end that."),
    ] = None,
    reason: Reason = "",
    wait: Wait = False,
    as_json: Json = False,
) -> int:
    """Make a version the champion, a challenger with a share of the traffic, or a shadow.

    Its gates must have passed against the present champion, on the data that it was trained from. Where a
    model asks for four eyes, the promotion waits for another person. A shadow needs no gate: it scores
    every request, and no caller meets it. The ledger keeps who did it, when and why.
    """
    if shadow is not None:
        return _shadow(model, version, shadow, reason, as_json, alone=to == _CHAMPION and traffic is None)
    if to == _CHAMPION and traffic is not None:
        raise UsageError(
            "A champion has no share of its own: it answers what no challenger does.",
            hint=f"Write: workbench promote {model} {version} --to challenger --traffic {traffic}",
        )
    with opened_registry(wait=wait) as registry:
        if to == _CHAMPION:
            decided = registry.promote(model, version, reason=reason)
        else:
            share = None if traffic is None else _share(traffic)
            decided = registry.promote(model, version, alias=to, share=share, reason=reason)
    return print_decided(decided, as_json)


def rollback(model: Model, *, reason: Reason = "", wait: Wait = False, as_json: Json = False) -> int:
    """Take back what callers met last: the challenger's traffic, or else the champion.

    A challenger that got its traffic after the champion came is challenger no more. Otherwise the version
    is champion again that the present champion replaced. The ledger keeps who did it, when and why.
    """
    with opened_registry(wait=wait) as registry:
        decided = registry.rollback(model, reason=reason)
    return print_decided(decided, as_json)


def _shadow(model: str, version: int, wanted: bool, reason: str, as_json: bool, *, alone: bool) -> int:
    from workbench.cli.traffic import print_redeployed

    if not alone:
        raise UsageError(
            "A shadow answers no caller, so it has neither an alias nor a share of the traffic.",
            hint="Give --shadow without --to and --traffic.",
        )
    with opened_registry() as registry:
        change = registry.add_shadow if wanted else registry.remove_shadow
        redeployed = change(model, version, reason=reason)
    return print_redeployed(redeployed, as_json)


def _share(text: str) -> float:
    from workbench.registry.share import parse_share

    return parse_share(text)


def _print_detail(state: ModelState) -> None:
    from workbench.cli.model_report import print_decisions, print_evidence, print_moves

    console = open_console()
    if state.versions:
        newest = state.versions[max(state.versions)]
        console.print(
            f"What the gates said of version {newest.number}:" if newest.gates else "", style="bold"
        )
        print_evidence(console, newest)
        console.print()
    print_decisions(console, state)
    print_moves(console, state)
