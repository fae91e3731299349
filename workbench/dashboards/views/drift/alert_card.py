"""An alert as a card: what failed, who is on it, what changed before, what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from workbench.dashboards.app.components import Status, chip, html, joined, link, moment, of_verdict
from workbench.dashboards.views.drift.parts import PAGE, listing
from workbench.insight.drift import AlertStep
from workbench.monitoring.alerts import Alert, AlertState
from workbench.registry.verdict import Verdict

_LINES = 8  # failing checks, or changes


def alert_card(alert: Alert, steps: Sequence[AlertStep], *, chosen: bool = False) -> Markup:
    """Return an alert as a card.

    Args:
        alert: as it is.
        steps: what happened to it.
        chosen: whether it is the one that the address names.
    """
    shade = "resolved" if not alert.state.is_open else alert.severity
    return html(
        '<article class="alert {shade}{chosen}" aria-label="{id}"><header><h3>{link}</h3>{chips}'
        '<span class="quiet">rule {rule} · fired at {when}</span></header>'
        "<p>{windows} from {since} to {until} failed.{said}</p>{checks}{cause}"
        "<details><summary>What happened to it ({count})</summary>{steps}</details></article>",
        shade=shade if shade in ("critical", "resolved") else "warning",
        chosen=" chosen" if chosen else "",
        id=alert.id,
        link=link(PAGE, alert.id, model=alert.model, alert=alert.id),
        chips=joined(_chips(alert), " "),
        rule=alert.rule,
        when=moment(alert.at),
        windows=f"{alert.windows} windows" if alert.windows != 1 else "1 window",
        since=moment(alert.since),
        until=moment(alert.until),
        said=_said(alert),
        checks=_checks(alert),
        cause=_cause(alert),
        count=len(steps),
        steps=_steps(steps),
    )


def _chips(alert: Alert) -> list[Markup]:
    tone = "bad" if alert.severity == "critical" else "unsure" if alert.severity == "warning" else "busy"
    state = {
        AlertState.FIRING: Status("bad", "firing"),
        AlertState.ACKNOWLEDGED: Status("busy", "acknowledged"),
        AlertState.RESOLVED: Status("good", "resolved"),
    }[alert.state]
    return [chip(Status(tone, alert.severity)), chip(state)]


def _said(alert: Alert) -> Markup:
    if alert.state is AlertState.FIRING:
        return Markup("")
    why = f": {alert.reason}" if alert.reason else ""
    return html(
        " {what} by <b>{who}</b> at {when}{why}.",
        what=alert.state.value.capitalize(),
        who=alert.by,
        when=moment(alert.changed),
        why=why,
    )


def _checks(alert: Alert) -> Markup:
    worst = [*alert.cause.get("features", ()), *alert.cause.get("slices", ())] or list(alert.checks)
    rows = (
        html(
            "<li>{name} {note}</li>",
            name=_check_link(alert, check),
            note=html('<span class="quiet">{note}</span>', note=check.get("note", "")),
        )
        for check in worst[:_LINES]
    )
    more = len(alert.checks) - min(len(worst), _LINES)
    rest = html('<li class="quiet">and {more} more</li>', more=more) if more > 0 else ""
    return html("<div><h4>What failed most</h4><ul>{rows}{rest}</ul></div>", rows=joined(rows), rest=rest)


def _check_link(alert: Alert, check: Any) -> Markup:
    name = str(check.get("name", ""))
    sign = chip(of_verdict(Verdict.FAIL))
    if check.get("kind") != "drift":
        return html(
            "{sign} <b>{kind}</b> {name}",
            sign=sign,
            kind=str(check.get("kind", "")).replace("_", " "),
            name=name,
        )
    return html("{sign} {link}", sign=sign, link=link(PAGE, name, model=alert.model, feature=name))


def _cause(alert: Alert) -> Markup:
    changes = alert.cause.get("changes", ())
    if not changes:
        return Markup("")
    rows = (
        html(
            "<li>{what} <span class='quiet'>by {by}</span></li>",
            what=each.get("what", ""),
            by=each.get("by", ""),
        )
        for each in changes[-_LINES:]
    )
    return html(
        "<div><h4>What changed since the last good window</h4><ul>{rows}</ul></div>", rows=joined(rows)
    )


def _steps(steps: Sequence[AlertStep]) -> Markup:
    rows = ((moment(step.at), step.what, step.by, step.reason) for step in steps)
    return listing(("When", "What", "Who", "Reason"), rows, name="What happened to it")
