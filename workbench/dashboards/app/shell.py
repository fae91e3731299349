"""What is around every page: navigation, who is signed in, project time, and what is wrong at present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.themes import Theme as Drawn
from markupsafe import Markup

from workbench.access import OPEN
from workbench.dashboards.app.components.icons import icon
from workbench.dashboards.app.components.markup import block, html, joined
from workbench.dashboards.app.components.moments import moment, viewer_zone
from workbench.dashboards.app.components.said import place_for_words
from workbench.dashboards.app.design import FIGURES
from workbench.dashboards.app.first import first_look
from workbench.dashboards.app.template import template, variables
from workbench.dashboards.app.theme import drawn

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.app.look import Look
    from workbench.dashboards.app.page import Page
    from workbench.insight import Store

_LONGEST = 60  # characters of what an address says
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
    location: Location,
) -> None:
    """Put a whole page around its content into this session's document.

    Args:
        content: what the page's view made.
        page: the one that is shown.
        pages: all those that this person may see.
        store: whose state the banner tells of.
        person: who looks.
        way: how people sign in.
        look: how they see it.
        location: what the address asks for.
    """
    who = block(_who(person, way))
    banner = block("")
    clock = block("", sizing_mode=None)

    def tick() -> None:
        store.refresh(wait=0)
        for pane, text in (
            (banner, joined((*_told(store), _strays(location)))),
            (clock, project_time(store.now(), datetime.now(UTC))),
            (who, _who(person, way)),
        ):
            if pane.object != str(text):
                pane.object = str(text)

    tick()
    shown = pn.Column(content, sizing_mode="stretch_width", margin=0)
    first = html("{banner}{content}", banner=first_look(banner), content=first_look(shown))
    document = pn.state.curdoc
    document.theme = Drawn(json=drawn(dark=look.dark))  # what a figure gets that is put into it
    document.theme = FIGURES[look.dark]
    document.template = template()
    links = navigation(page, pages)
    document.template_variables.update(variables(dark=look.dark, navigation=links, first=first))
    title = f"{store.project.name} · {page.title}"
    said = place_for_words()
    roots = {"clock": clock, "who": who, "banner": banner, "said": said, "content": shown}
    for name, root in roots.items():
        place = len(document.roots)
        root.server_doc(document, title=title, location=root is shown)
        document.roots[place].name = name
    pn.state.add_periodic_callback(tick, period=1000)


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
    return html(
        '<span class="chip busy" title="A clock of its own"><span class="roomy">Project time</span> {at}'
        "</span>",
        at=moment(now),
    )


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


def _strays(location: Location) -> Markup:
    """Return what the address names and there is not."""
    if not location.strays:
        return Markup("")
    named = ", ".join(f"{name} {value[:_LONGEST]!r}" for name, value in sorted(location.strays.items()))
    return html(
        '<p class="banner unsure" role="status"><b>? There is no {named} here.</b> '
        "The address may be old or misspelt; what is usual is shown instead.</p>",
        named=named,
    )


def _told(store: Store) -> list[Markup]:
    """Return what everybody should know of the state of what they look at."""
    told = []
    trouble = store.trouble
    if trouble is None and store.seen is None:
        told.append(
            html('<p class="banner busy" role="status">… The ledger is being read; this fills by itself.</p>')
        )
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
