"""A sentence above what serves while MLflow does not show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.views.deployments.parts import note, styled
from workbench.insight.deployments import mlflow_trouble

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight import Store

_EVERY = 2000  # milliseconds


def mirror(store: Store, person: Person) -> Any:
    """Return what is said of MLflow; nothing while it shows what was decided, which it soon does again."""
    place = styled("")

    def look() -> None:
        told = str(_told(mlflow_trouble(store, person)))
        if place.object != told:
            place.object = told

    look()
    if pn.state.curdoc is not None:
        pn.state.add_periodic_callback(look, period=_EVERY)
    return place


def _told(why: str) -> Markup:
    if not why:
        return Markup("")
    words = (
        f"MLflow does not show what was decided last: {why}. The decision stands, servers follow it, and "
        "MLflow is tried again by itself."
    )
    return note("unsure", "MLflow", words)
