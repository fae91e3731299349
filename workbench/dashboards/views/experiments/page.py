"""The page of experiments: which of its views is shown follows from its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import Live, Tabs, empty_state, heading, html, tabbed
from workbench.dashboards.app.frames import Framed
from workbench.dashboards.app.location import address
from workbench.dashboards.views.experiments.comparing import comparing
from workbench.dashboards.views.experiments.filters import Filters
from workbench.dashboards.views.experiments.launching import launching
from workbench.dashboards.views.experiments.one_run import one_run
from workbench.dashboards.views.experiments.over_time import OverTime
from workbench.dashboards.views.experiments.parts import PAGE, sheet
from workbench.dashboards.views.experiments.runs import Runs
from workbench.dashboards.views.experiments.searching import searching
from workbench.errors import UsageError
from workbench.insight.experiments import known, notebook_page

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_DIGITS = 5  # of the number of an attempt


def page(store: Store, person: Person, location: Location) -> Any:
    """Return the page."""
    for name, view in (("run", one_run), ("compare", comparing), ("launch", launching)):
        if location.get(name):
            return view(store, person, location)
    return _all(store, person, location)


def notebook(store: Store, person: Person, query: Mapping[str, str]) -> Framed:
    """Return an executed notebook for a sandboxed frame; `run`, `entry` and perhaps `attempt` say which."""
    number = query.get("attempt", "")
    if number and not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
        raise UsageError("The number of an attempt was expected.", hint="Leave it out for the last one.")
    attempt = int(number) if number else None
    body = notebook_page(store, person, query.get("run", ""), query.get("entry", ""), attempt=attempt)
    return Framed(body, style=sheet("notebook"))


def _all(store: Store, person: Person, location: Location) -> Any:
    offer = html('<a href="{address}">Launch a run</a>', address=address(PAGE, launch="new"))
    return pn.Column(
        heading("Experiments", level=1, note=offer if person.may("launch") else ""),
        pn.Spacer(height=8),
        Live(
            store,
            lambda: known(store, person).count > 0,
            lambda any_: _tabs(store, person, location) if any_ else _nothing(),
            "run",
        ).panel,
        sizing_mode="stretch_width",
        margin=0,
    )


def _nothing() -> Any:
    return empty_state("No run yet", "Whatever is run shows up here by itself.", "workbench run")


def _tabs(store: Store, person: Person, location: Location) -> Any:
    filters = Filters(store, person, location)
    makers: dict[str, Callable[[], Any]] = {
        "Runs": lambda: pn.Column(
            filters.panel, Runs(store, person, location, filters).panel, sizing_mode="stretch_width", margin=0
        ),
        "Over time": lambda: pn.Column(
            filters.panel,
            OverTime(store, person, location, filters).panel,
            sizing_mode="stretch_width",
            margin=0,
        ),
        "Searches": lambda: searching(store, person, location),
    }
    tabs = Tabs(list(makers))
    location.bind(tabs, "tab")
    return pn.Column(tabs, tabbed(tabs, list(makers.values())), sizing_mode="stretch_width", margin=0)
