"""`workbench token`: who may ask the service for what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import time_text
from workbench.cli.opened import opened
from workbench.cli.options import Json, Reason
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project
    from workbench.serving.tokens import Caller, Token

app = typer.Typer(
    help="Make, list or revoke the tokens of the service's callers.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def token(ctx: typer.Context) -> None:
    """Make, list or revoke the tokens of the service's callers.

    A caller sends its token as `Authorization: Bearer TOKEN`. Its secret is shown once; the ledger keeps
    a hash, and who made or revoked it.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command()
def create(
    caller: Annotated[str, typer.Argument(metavar="CALLER", help="Who will hold it: stands in the log.")],
    *,
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar="SCOPES",
            help="What it is good for: predict, feedback, explain, metrics, or admin for all; repeatable.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="MODEL", help="Good for this model only; repeatable."),
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DURATION", help="Ends after that, such as 90d.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a token, and show it once.

    Whoever reads it can ask in the caller's name: hand it over as you would a password.
    """
    from workbench.clock import system_clock
    from workbench.serving.tokens import create_token

    ends = _end(expires, system_clock().now())
    scopes = [name.strip() for given in scope for name in given.split(",") if name.strip()]
    with opened() as (project, ledger):
        for name in model or ():
            _check_model(project, ledger, name)
        made, text = create_token(ledger, caller, scopes, models=model or (), expires=ends)
    if as_json:
        print_json({**made.to_dict(), "text": text})
        return 0
    _show(made, text)
    return 0


@app.command("list")
def list_(as_json: Json = False) -> int:
    """List the tokens: whose, for what, until when, made by whom."""
    from workbench.clock import system_clock
    from workbench.serving.tokens import read_tokens

    with opened() as (_, ledger):
        tokens = list(read_tokens(ledger).values())
    now = system_clock().now()
    if as_json:
        print_json([{**token.to_dict(), "state": token.state(now)} for token in tokens])
        return 0
    console = open_console()
    if not tokens:
        console.print("No token was made yet.")
        print_next(console, ("workbench token create CALLER --scope predict", "make one"))
        return 0
    table = plain_table("token", "caller", "good for", "state", "made", "by", "ends", "why")
    for each in tokens:
        table.add_row(
            each.id,
            each.caller.name,
            _good_for(each.caller),
            each.state(now),
            time_text(each.at),
            each.by,
            time_text(each.revoked or each.expires),
            each.reason or "–",
        )
    console.print(table)
    return 0


@app.command()
def revoke(
    token: Annotated[
        str, typer.Argument(metavar="TOKEN", help="Its id, as `workbench token list` shows it.")
    ],
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> int:
    """Revoke a token for ever; servers turn it away within a second."""
    from workbench.serving.tokens import revoke_token
    from workbench.serving.tokens.secret import parted

    parts = parted(token)  # somebody in a hurry may paste the whole of it
    with opened() as (_, ledger):
        revoked = revoke_token(ledger, parts[0] if parts else token, reason=reason)
    if as_json:
        print_json(revoked)
        return 0
    told = f"Token {revoked.id} of {revoked.caller.name} is revoked since {time_text(revoked.revoked)}."
    open_console().print(told)
    return 0


def _check_model(project: Project, ledger: Ledger, name: str) -> None:
    from workbench.registry import Registry

    Registry(project, ledger).model(name)


def _end(text: str | None, now: datetime) -> datetime | None:
    from workbench.duration import parse_duration

    if text is None:
        return None
    try:
        after = parse_duration(text)
        if after <= timedelta():
            raise ValueError(f"expected a duration above nothing, but got {text!r}")
        return now + after
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--expires cannot be {text!r}: {error}.", hint="Write 90d for ninety days, or 12h."
        ) from error


def _show(made: Token, text: str) -> None:
    console = open_console()
    until = f" until {time_text(made.expires)}" if made.expires else ""
    console.print(f"Token {made.id} of {made.caller.name}, good for {_good_for(made.caller)}{until}.")
    console.print()
    console.print(f"    {text}", style="bold", soft_wrap=True)
    console.print()
    console.print("It is not shown again; the ledger keeps only its hash.", style="dim")
    print_next(
        console,
        ("workbench token list", "every token, and who made it"),
        (f"workbench token revoke {made.id}", "turn it away from now on"),
    )


def _good_for(caller: Caller) -> str:

    return ", ".join(caller.scopes) + (f" of {', '.join(caller.models)}" if caller.models else "")
