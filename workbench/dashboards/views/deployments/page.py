"""The page of deployments: one model, what serves of it, what waits, and five parts to look into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import Live, Select, Tabs, empty_state, heading, tabbed
from workbench.dashboards.app.frames import Framed
from workbench.dashboards.views.deployments.challenger import challenger
from workbench.dashboards.views.deployments.history import History
from workbench.dashboards.views.deployments.mirror import mirror
from workbench.dashboards.views.deployments.parts import LIVE, PREDICTION, TABS, VERSIONS
from workbench.dashboards.views.deployments.prediction import OnePrediction
from workbench.dashboards.views.deployments.requests import Requests
from workbench.dashboards.views.deployments.serving import ServingNow
from workbench.dashboards.views.deployments.versions import Versions
from workbench.dashboards.views.deployments.waiting import WaitingList
from workbench.errors import UsageError
from workbench.insight.deployments import card_page, model_names

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_DIGITS = 6  # of a version's number


def page(store: Store, person: Person, location: Location) -> Any:
    """Return the page."""
    return Live(
        store,
        lambda: bool(model_names(store, person)),
        lambda any_: _chosen(store, person, location) if any_ else _nothing(),
        "model",
    ).panel


def card(store: Store, person: Person, query: Mapping[str, str]) -> Framed:
    """Return a version's card for a sandboxed frame; `model` and `version` say whose."""
    number = query.get("version", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
        raise UsageError("The number of a version was expected.", hint="Such as 3.")
    return Framed(card_page(store, person, query.get("model", ""), int(number)), scripts=True)


def _nothing() -> Any:
    return empty_state(
        "No model is declared yet",
        "Declare one in workbench.toml, [models.NAME], and run the pipeline that trains it.",
        "workbench run",
    )


def _chosen(store: Store, person: Person, location: Location) -> Any:
    names = model_names(store, person)
    model = Select(label="Model", options=list(names), value=names[0], width=280, visible=len(names) > 1)
    location.bind(model, "model")
    place = pn.Column(sizing_mode="stretch_width", margin=0)

    def draw() -> None:
        place[:] = [_one(store, person, location, model.value)]

    def other() -> None:
        location.set(version=None, prediction=None, promotion=None, challenge=None)
        draw()

    model.param.watch(lambda _: other(), "value")
    draw()
    return pn.Column(
        heading("Deployments", level=1, note=model.value if len(names) == 1 else ""),
        model,
        place,
        sizing_mode="stretch_width",
        margin=0,
    )


def _one(store: Store, person: Person, location: Location, model: str) -> Any:
    makers: tuple[Callable[[], Any], ...] = (
        lambda: Requests(store, person, location, model, watched=lambda: tabs.value == LIVE).panel,
        lambda: challenger(store, person, location, model),
        lambda: Versions(store, person, location, model).panel,
        lambda: History(store, person, location, model).panel,
        lambda: OnePrediction(store, person, location).panel,
    )
    tabs = Tabs(TABS, label="Parts", value=_first(location))
    location.bind(tabs, "tab")
    return pn.Column(
        pn.Spacer(height=8),
        mirror(store, person),
        WaitingList(store, person, location, model).panel,
        ServingNow(store, person, model).panel,
        pn.Spacer(height=12),
        tabs,
        tabbed(tabs, makers),
        sizing_mode="stretch_width",
        margin=0,
    )


def _first(location: Location) -> int:
    """Return the part that an address without one means: a prediction or a version, if it names one."""
    if location.get("prediction"):
        return PREDICTION
    return VERSIONS if location.get("version") else LIVE
