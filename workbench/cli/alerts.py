"""`workbench alerts`: what fires, who is on it, and whether channels work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.opened import opened
from workbench.cli.options import Json, Reason
from workbench.cli.output import open_console, print_json
from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.monitoring.alerts import AlertChange

app = typer.Typer(
    help="Show, acknowledge or resolve alerts, and try the channels that tell of them.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)
Name = Annotated[str, typer.Argument(metavar="ALERT", help="Its id, such as drift-1, or MODEL/drift-1.")]


@app.callback()
def alerts(ctx: typer.Context) -> None:
    """Show, acknowledge or resolve alerts, and try the channels that tell of them.

    `workbench.toml` says when an alert fires ([alerts.NAME]) and who is told ([channels.NAME]); windows are
    looked at by `workbench monitor`.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command("list")
def list_(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="Of this model only; of all if left out.")
    ] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are resolved.")] = False,
    as_json: Json = False,
) -> int:
    """List the alerts that fire or are acknowledged, the newest first."""
    from workbench.cli.alert_report import print_alerts
    from workbench.monitoring.alerts import list_alerts

    with opened() as (project, ledger):
        if model is not None and model not in project.config.models:
            raise UnknownNameError("model", model, project.config.models)
        every = list_alerts(ledger, model)
    found = [alert for alert in every if all_ or alert.state.is_open]
    if as_json:
        print_json(found)
    else:
        print_alerts(open_console(), found, resolved=len(every) - len(found))
    return 0


@app.command()
def show(alert: Name, *, as_json: Json = False) -> int:
    """Show an alert: what failed, what changed since the last good window, and who was told."""
    from workbench.cli.alert_report import print_alert
    from workbench.monitoring.alerts import find_alert

    with opened() as (project, ledger):
        found = find_alert(ledger, alert)
    page = project.layout.runs / found.run / "evidently.html"
    if as_json:
        print_json({**found.to_dict(), "page": str(page) if page.is_file() else None})
    else:
        print_alert(open_console(), found, page if page.is_file() else None)
    return 0


@app.command()
def ack(alert: Name, *, reason: Reason = "", as_json: Json = False) -> int:
    """Acknowledge an alert: you are on it, and nobody is told again while it keeps firing.

    The ledger keeps who did it, when and why.
    """
    from workbench.monitoring.alerts import acknowledge

    with opened() as (_, ledger):
        change = acknowledge(ledger, alert, reason=reason)
        return _print_answer(ledger, alert, change, as_json)


@app.command()
def resolve(alert: Name, *, reason: Reason = "", as_json: Json = False) -> int:
    """Resolve an alert by hand; its rule fires anew only when later windows fail.

    Alerts are resolved by themselves when windows pass again. Channels that heard of it hear that it is
    over. The ledger keeps who did it, when and why.
    """
    from workbench.clock import system_clock
    from workbench.monitoring import alerts

    with opened() as (project, ledger):
        change = alerts.resolve(ledger, alert, reason=reason)
        if change is not None:
            alerts.tell(project, ledger, (change,), now=system_clock().now())
        return _print_answer(ledger, alert, change, as_json)


@app.command("try")
def try_(
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="A channel that workbench.toml declares.")
    ],
    *,
    as_json: Json = False,
) -> int:
    """Send a trial message over a channel, and say whether it arrived.

    Exit code 1 when it did not.
    """
    from workbench.monitoring.alerts import try_channel
    from workbench.project import load_project

    delivery = try_channel(load_project(), channel)
    if delivery.exposed and not as_json:
        text = f"warning: {', '.join(delivery.exposed)} of {channel} can be read in workbench.toml; "
        hint = "write secret:NAME there, and set that secret in the environment."
        open_console(to_errors=True).print(text + hint, style="yellow", soft_wrap=True)
    if as_json:
        print_json(delivery)
    elif delivery.ok:
        open_console().print(f"The channel {channel} took a trial message.", style="green")
    else:
        text = f"The channel {channel} failed: {delivery.error}"
        open_console(to_errors=True).print(text, style="bold red", soft_wrap=True)
    return 0 if delivery.ok else 1


def _print_answer(ledger: Ledger, name: str, change: AlertChange | None, as_json: bool) -> int:
    from workbench.cli.alert_report import print_answer
    from workbench.monitoring.alerts import find_alert

    alert = find_alert(ledger, name)  # as it is after whoever was told
    if as_json:
        print_json(alert)
    else:
        print_answer(open_console(), alert, changed=change is not None)
    return 0
