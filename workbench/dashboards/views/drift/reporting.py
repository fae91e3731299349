"""The tab of Evidently's full report of a window, in a sandboxed frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import Button, Live, block, empty_state, error_state, html, size
from workbench.dashboards.app.frames import frame
from workbench.dashboards.views.drift.parts import PAGE, column, styled
from workbench.errors import UsageError, WorkbenchError
from workbench.insight.drift import FullReport, ReportState, full_report, make_full_report

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.views.drift.choice import Choice
    from workbench.insight import Store

_EVERY = 1000  # milliseconds between two looks while it is made


class Reporting:
    """The tab.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, choice: Choice) -> None:
        self._store, self._person, self._choice = store, person, choice
        self._make = Button(label="Make the report", kind="main", on_click=self._ask, margin=(12, 0))
        self._looking: Any = None
        self._live: Live[Any] = Live(store, self._read, self._draw, "monitoring")
        choice.watch(self._live.refresh)
        self.panel = self._live.panel

    def _read(self) -> Any:
        position = self._choice.position
        found = full_report(self._store, self._person, self._choice.model, position)
        return position, found

    def _ask(self) -> None:
        try:
            make_full_report(self._store, self._person, self._choice.model, self._choice.position)
        except WorkbenchError as error:
            self._live.panel[:] = [error_state(error, what="The report")]
            return
        self._live.refresh()

    def _draw(self, found: tuple[int, FullReport]) -> Any:
        position, report = found
        making = report.state is ReportState.MAKING
        self._look_again(making)
        if report.state is ReportState.READY:
            return column(
                block(
                    html(
                        '<p class="quiet">Evidently\'s own page, {size}: up to 5,000 rows, 20 columns.</p>',
                        size=size(report.size),
                    )
                ),
                frame(
                    PAGE,
                    "report",
                    title="Evidently's report of the window",
                    height=900,
                    model=self._choice.model,
                    window=str(position),
                ),
            )
        if making:
            note = "Evidently works on it in a process of its own: some seconds, more on a busy machine."
            return column(
                empty_state("The report is being made", note),
                styled(html('<div class="working" role="progressbar" aria-label="being made"></div>')),
            )
        if report.state is ReportState.FAILED:
            error = UsageError(report.why, hint="Choose another window, or mend that and ask again.")
            return column(error_state(error, what="The report"), self._make)
        return column(
            empty_state(
                "The full report of this window was not made yet",
                "It shows every column side by side, as Evidently draws it. Alerts make it by themselves.",
            ),
            self._make,
        )

    def _look_again(self, making: bool) -> None:
        """Look every second while the report is being made: no event tells when it is there."""
        if making and self._looking is None and pn.state.curdoc is not None:
            self._looking = pn.state.add_periodic_callback(self._live.refresh, period=_EVERY)
        elif not making and self._looking is not None:
            self._looking.stop()
            self._looking = None
