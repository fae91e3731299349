"""How alerts are shown to people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.amount import plural, time_text
from workbench.cli.mark import marked
from workbench.cli.output import plain_table, print_next

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.monitoring.alerts import Alert


def print_alerts(console: Console, alerts: Sequence[Alert], *, resolved: int) -> None:
    """Print alerts as a table.

    Args:
        console: prints.
        alerts: the newest first.
        resolved: how many more there are that are resolved.
    """
    from workbench.monitoring.alerts.message import period, plain

    if not alerts:
        console.print("No alert fires." if resolved else "No alert has fired yet.")
    else:
        table = plain_table("alert", "model", "severity", "state", "windows (UTC)", "failed", "by", "told")
        for alert in alerts:
            worst = ", ".join(plain(check["name"], 40) for check in alert.checks[:3])
            more = f" and {len(alert.checks) - 3} more" if len(alert.checks) > 3 else ""
            table.add_row(
                alert.id,
                alert.model,
                alert.severity,
                marked(alert.state.value),
                f"{period(alert.since, alert.until)} ({alert.windows})",
                worst + more,
                alert.by,
                _told(alert),
            )
        console.print(table)
    if resolved:
        console.print(f"{plural(resolved, 'alert')} resolved: --all lists them too.", style="dim")
    if alerts:
        name = next((alert for alert in alerts if alert.state.value == "firing"), alerts[0]).id
        print_next(
            console,
            (f"workbench alerts show {name}", "what failed, and what changed before"),
            (f"workbench alerts ack {name}", "you are on it"),
        )


def print_alert(console: Console, alert: Alert, page: Path | None = None) -> None:
    """Print all that is known of an alert.

    Args:
        console: prints.
        alert: what is shown.
        page: Evidently's report of its last window; None where there is none.
    """
    from workbench.monitoring.alerts.message import check_line, describe, period

    for line in describe(alert):
        console.print(line, soft_wrap=True)
    shown = {check["name"] for check in (*alert.cause.get("features", ()), *alert.cause.get("slices", ()))}
    others = [check for check in alert.checks if check["name"] not in shown]
    if others:
        console.print("Also failed:")
        for check in others:
            console.print(f"  {check_line(check)}", soft_wrap=True)
    if page is not None:
        console.print(f"Evidently's report: {page}", soft_wrap=True)
    console.print()
    console.print(f"fired {time_text(alert.at)} for {period(alert.since, alert.until)} UTC", style="dim")
    for channel, told in alert.told.items():
        console.print(f"{channel} was told {time_text(told.at)} ({told.what})", style="dim")
    for channel, untold in alert.untold.items():
        text = f"{channel} failed {plural(untold.times, 'time')}, last {time_text(untold.at)}: {untold.error}"
        console.print(text, style="yellow", soft_wrap=True)
    steps = [(f"workbench monitor {alert.model}", "look at the last whole window")]
    if alert.run:
        steps.insert(0, (f"workbench show {alert.run}", "the run that looked"))
    if alert.state.is_open:
        steps.append((f"workbench alerts ack {alert.id}", "you are on it"))
        steps.append((f"workbench alerts resolve {alert.id}", "it is over"))
    print_next(console, *steps)


def print_answer(console: Console, alert: Alert, *, changed: bool) -> None:
    """Print what an alert came to by somebody's answer."""
    since = "" if changed else f" since {time_text(alert.changed)}, by {alert.by}"
    already = "" if changed else " already"
    console.print(f"{alert.id} of {alert.model} is {alert.state.value}{already}{since}.")
    for channel, untold in alert.untold.items():
        text = f"{channel} could not be told: {untold.error}; it is tried again at the next occasion."
        console.print(text, style="yellow", soft_wrap=True)


def _told(alert: Alert) -> str:
    heard = [*alert.told, *(f"{name} failed" for name in alert.untold)]
    return ", ".join(heard) or "–"
