"""What the views of deployments share: their style, colours of versions, links, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Flow,
    Status,
    ago,
    block,
    chip,
    export_button,
    html,
    joined,
    link,
    moment,
)
from workbench.dashboards.app.theme import COLOURS
from workbench.errors import WorkbenchError
from workbench.insight.deployments import SHADOW
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from workbench.access import Person
    from workbench.registry import Deployment

PAGE = "deployments"
"""The path of the page."""

LIVE, CHALLENGE, VERSIONS, HISTORY, PREDICTION = range(5)
TABS = ("Requests", "Challenger", "Versions", "History", "One prediction")
"""The parts of the page, by their places."""

_ROLES = {CHAMPION: "busy", CHALLENGER: "unsure", SHADOW: "quiet"}
_SIGNS = {CHAMPION: "★", CHALLENGER: "⚑", SHADOW: "☾"}


@cache
def sheet() -> str:
    """Return our style sheet."""
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def styled(content: Markup | str, **settings: Any) -> pn.pane.HTML:
    """Return markup as a block with the style of these views."""
    return block(content, sheets=[sheet()], **settings)


def role_chip(role: str) -> Markup:
    """Return what a version is, in colour, sign and word."""
    return html(
        '<span class="chip {tone}"><span aria-hidden="true">{sign}</span> {role}</span>',
        tone=_ROLES.get(role, "quiet"),
        sign=_SIGNS.get(role, "–"),
        role=role,
    )


def version_link(model: str, version: int, text: str | Markup = "") -> Markup:
    """Return a link to a version's part of the page."""
    return link(PAGE, text or f"Version {version}", model=model, tab=VERSIONS, version=version)


def run_link(run: str, text: str | Markup = "") -> Markup:
    """Return a link to a run's page; nothing where there is no run."""
    return link("experiments", text or run, run=run) if run else Markup("")


def colours(versions: Iterable[int], serving: Deployment) -> dict[int, str]:
    """Return a colour for each version: champion and challenger have those of the traffic's bar."""
    held = {serving.champion: COLOURS[0], serving.challenger: COLOURS[1]}
    others = COLOURS[2:]
    return {version: held.get(version, others[version % len(others)]) for version in sorted(set(versions))}


def because(person: Person, permission: str) -> str:
    """Return why somebody may not press a button; empty when they may. The data layer refuses regardless."""
    if person.may(permission):
        return ""
    from workbench.access import PERMISSIONS

    role = person.role_now
    is_now = f"You are {role.value}" if role else "You have no role any more"
    return f"{is_now}; this needs {PERMISSIONS[permission].value} or more."


def safely(consequence: Callable[[], str]) -> Callable[[], str]:
    """Return what tells a consequence, or why it cannot be told, in words."""

    def told() -> str:
        try:
            return consequence()
        except WorkbenchError as error:
            return f"{error.message} {error.hint}".strip()

    return told


def since(at: datetime | None, now: datetime) -> Markup:
    """Return a day and how long ago that is."""
    return html("{at} ({ago})", at=moment(at), ago=ago(at, now))


def saving(frame: Callable[[], pd.DataFrame], name: str) -> Flow:
    """Return a row with the button that saves a table."""
    button = export_button(frame, name)
    button.margin = (4, 0)
    return Flow(button, sizing_mode="stretch_width", margin=0)


def listed(rows: Iterable[tuple[str, Any]]) -> Markup:
    """Return names with what they are, one below the other."""
    items = (
        html('<li><span class="what">{name}</span><span class="why">{value}</span></li>', name=n, value=v)
        for n, v in rows
    )
    return html('<ul class="rows">{items}</ul>', items=joined(items))


def note(tone: str, word: str, text: str | Markup) -> Markup:
    """Return a sentence behind a chip."""
    return html('<p class="told">{chip} <span>{text}</span></p>', chip=chip(Status(tone, word)), text=text)
