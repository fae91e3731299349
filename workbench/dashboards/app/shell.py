"""What is around every page: navigation, who is signed in, project time, and what is wrong at present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
from markupsafe import Markup

from workbench.access import OPEN
from workbench.dashboards.app.components.icons import icon
from workbench.dashboards.app.components.markup import block, html, joined
from workbench.dashboards.app.components.moments import moment, viewer_zone
from workbench.dashboards.app.template import template
from workbench.dashboards.app.theme import THEMES

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.look import Look
    from workbench.dashboards.app.page import Page
    from workbench.insight import Store

_SAME = timedelta(minutes=2)
"""How far project time may be from the wall's before a page says which it is."""


def shell(
    content: Any,
    *,
    page: Page,
    pages: Sequence[Page],
    store: Store,
    person: Person,
    way: str,
    look: Look,
) -> pmui.Page:
    """Return a whole page around its content.

    Args:
        content: what the page's view made.
        page: the one that is shown.
        pages: all those that this person may see.
        store: whose state the banner tells of.
        person: who looks.
        way: how people sign in.
        look: how they see it.
    """
    who = block(_who(person, way))
    banner = pn.Column(sizing_mode="stretch_width", margin=0)
    clock = block("", sizing_mode=None, align="center")
    made = pmui.Page(
        title=f"{store.project.name} · {page.title}",
        meta_name="workbench",
        site_url="./",
        sidebar=[block(navigation(page, pages)), who],
        sidebar_width=232,
        sidebar_resizable=False,
        header=[clock],
        main=[
            pn.Column(
                banner,
                content,
                sizing_mode="stretch_width",
                margin=(16, 12 if look.narrow else 24),
                max_width=1680,
            )
        ],
        theme_config=THEMES,
        sx={"& main": {"backgroundColor": "background.default"}},
        template=template(),
        dark_theme=look.dark,
        sidebar_open=not look.narrow,
    )

    def tick() -> None:
        store.refresh(wait=0)
        told = _told(store)
        if [str(text) for text in told] != [pane.object for pane in banner]:
            banner[:] = [block(text) for text in told]
        for pane, text in ((clock, project_time(store.now(), datetime.now(UTC))), (who, _who(person, way))):
            if pane.object != str(text):
                pane.object = str(text)

    tick()
    pn.state.add_periodic_callback(tick, period=1000)
    return made


def navigation(page: Page, pages: Sequence[Page]) -> Markup:
    """Return the links to all pages, the present one marked."""
    links = (
        html(
            '<a href="./{path}"{current}>{icon}<span>{title}</span></a>',
            path=each.path,
            current=Markup(' aria-current="page"') if each.path == page.path else "",
            icon=icon(each.icon),
            title=each.title,
        )
        for each in pages
    )
    return html('<nav class="nav" aria-label="Pages">{links}</nav>', links=joined(links))


def project_time(now: datetime, wall: datetime) -> Markup:
    """Return project time where it is not the wall's, nothing where it is."""
    if abs(now - wall) < _SAME:
        return Markup("")
    return html('<span class="chip busy" title="A clock of its own">Project time {at}</span>', at=moment(now))


def _who(person: Person, way: str) -> Markup:
    if way == OPEN:
        return html(
            '<div class="who"><b>{name}</b><span class="quiet">No sign-in is configured: this machine only, '
            "and everybody on it may do everything. <i>workbench access add</i> changes that.</span>"
            '<span class="quiet">Times in {zone}</span></div>',
            name=person.name,
            zone=viewer_zone(),
        )
    return html(
        '<div class="who"><b>{name}</b><span class="quiet">{role} · times in {zone}</span>'
        '<a href="./logout">Sign out</a></div>',
        name=person.name,
        role=person.role.value,
        zone=viewer_zone(),
    )


def _told(store: Store) -> list[Markup]:
    """Return what everybody should know of the state of what they look at."""
    told = []
    trouble = store.trouble
    if trouble is not None:
        seen = html("What is shown was so at {at}.", at=moment(store.seen)) if store.seen else ""
        told.append(
            html(
                '<p class="banner bad" role="alert"><b>✗ {message}</b> {seen} {hint}</p>',
                message=trouble.message,
                seen=seen,
                hint=trouble.hint,
            )
        )
    if store.unread:
        told.append(
            html(
                '<p class="banner unsure"><b>? {count} events of the ledger are not understood</b> and are '
                "missing here: a newer workbench wrote them, or they are damaged.</p>",
                count=store.unread,
            )
        )
    return told
