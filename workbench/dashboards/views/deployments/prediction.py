"""One prediction, traced: a field for its id, and everything that stands behind the answer."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import TextInput, empty_state, error_state, html
from workbench.dashboards.views.deployments.parts import styled
from workbench.dashboards.views.deployments.traced import traced
from workbench.errors import WorkbenchError
from workbench.insight.deployments import PredictionTrace, trace_prediction

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_LONGEST = 80  # characters


class OnePrediction:
    """The field, and what was found.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location) -> None:
        self._store, self._person = store, person
        self._id = TextInput(
            label="Prediction id, as the answer's header x-prediction-id named it",
            placeholder="0197f3…-0",
            max_length=_LONGEST,
            max_width=420,
            margin=(4, 0, 12, 0),
        )
        location.bind(self._id, "prediction")
        self._place = pn.Column(sizing_mode="stretch_width", margin=0)
        self._id.param.watch(lambda _: self._ask(), "value")
        self.panel = pn.Column(self._id, self._place, sizing_mode="stretch_width", margin=0)
        self._ask()

    def _ask(self) -> None:
        wanted = self._id.value.strip()
        if not wanted:
            self._place[:] = [
                empty_state(
                    "Which answer?",
                    "Every answer comes with an id; whoever complains about one can tell it. It leads to the "
                    "row, the version, its run, data and code, its gates, and who let it serve.",
                )
            ]
            return
        self._place[:] = [styled(html('<p class="told"><span class="chip busy">… looking</span></p>'))]
        if pn.state.curdoc is None:
            self._show(wanted, self._found(wanted))
        else:
            pn.state.execute(partial(self._look, wanted))

    async def _look(self, wanted: str) -> None:
        self._show(wanted, await asyncio.to_thread(self._found, wanted))

    def _found(self, wanted: str) -> PredictionTrace | WorkbenchError:
        try:
            return trace_prediction(self._store, self._person, wanted)
        except WorkbenchError as error:
            return error

    def _show(self, wanted: str, found: PredictionTrace | WorkbenchError) -> None:
        if wanted != self._id.value.strip():
            return  # somebody asked for another one meanwhile
        shown: Any = (
            error_state(found, what="This prediction")
            if isinstance(found, WorkbenchError)
            else traced(found, self._store.now())
        )
        self._place[:] = [shown]
