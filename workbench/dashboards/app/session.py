"""One viewer's page, made when they open it: who they are, what they may see, their zone and their theme."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import panel as pn

from workbench.access import Person
from workbench.dashboards.app.components.figures import set_narrow
from workbench.dashboards.app.components.moments import set_zone
from workbench.dashboards.app.components.states import error_state
from workbench.dashboards.app.gate import Gate, visit_of
from workbench.dashboards.app.location import Location
from workbench.dashboards.app.look import COOKIE, look_of
from workbench.dashboards.app.page import Page
from workbench.dashboards.app.shell import shell
from workbench.errors import AccessError
from workbench.insight import Store

_log = logging.getLogger("workbench.dashboards")


@dataclass(frozen=True)
class Site:
    """What all sessions of a server share."""

    store: Store
    gate: Gate
    pages: Sequence[Page]

    def opener(self, page: Page) -> Callable[[], Any]:
        """Return what makes a page for each session that opens it."""

        def opened() -> Any:
            return _opened(self, page)

        return opened


def _opened(site: Site, page: Page) -> Any:
    context = pn.state.curdoc.session_context if pn.state.curdoc else None
    person = site.gate.person(visit_of(context.token_payload) if context else None)
    if person is None:
        return error_state(AccessError("You have no role in this project any more.", hint="Ask an admin."))
    look = look_of(pn.state.cookies.get(COOKIE, ""))
    set_zone(look.zone)
    set_narrow(narrow=look.narrow)
    pn.config.theme = "dark" if look.dark else "default"
    site.store.refresh()
    location = Location.current()
    shell(
        _made(site, page, person, location),
        page=page,
        pages=[each for each in site.pages if person.may(each.permission)],
        store=site.store,
        person=person,
        way=site.gate.directory.way,
        look=look,
        location=location,
    )
    return None  # the shell has put it into the document


def _made(site: Site, page: Page, person: Person, location: Location) -> Any:
    try:
        person.require(page.permission)
        return pn.panel(page.view(site.store, person, location))
    except Exception as error:  # noqa: BLE001 - a view that breaks must say so on its page
        if not isinstance(error, AccessError):
            _log.exception("the page %s broke", page.path)
        return error_state(error, what=f"The page {page.title}")
