"""What a page shows of a pipeline: form, plan, buttons, progress, result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.widgets.in_lab import file_link
from workbench.widgets.parts import block, frame, html, joined, notice
from workbench.widgets.run_pipeline.fields import Fields
from workbench.widgets.run_pipeline.pictures import plan_picture, progress_picture, result_picture
from workbench.widgets.run_pipeline.words import failures

if TYPE_CHECKING:
    from workbench.widgets.run_pipeline.asked import Asked
    from workbench.widgets.run_pipeline.planning import Planning
    from workbench.widgets.run_pipeline.watching import Watching
    from workbench.widgets.run_pipeline.widget import RunPipeline

_WHOLE = "whole pipeline"


class View:
    """The parts of the page, and what their buttons do.

    Attributes:
        root: all of it.
    """

    def __init__(
        self, widget: RunPipeline, asked: Asked, planning: Planning, watching: Callable[[], Watching | None]
    ) -> None:
        self._widget, self._asked, self._planning, self._watching = widget, asked, planning, watching
        self._plan, self._progress, self._trouble = block(), block(), block()
        self._run = ipywidgets.Button(description="Run", button_style="primary")
        self._stop = ipywidgets.Button(description="Stop", button_style="danger", disabled=True)
        self._open = ipywidgets.Button(description="Open the failed stage", layout={"width": "190px"})
        self._resume = ipywidgets.Button(description="Resume", tooltip="Go on from there, once mended")
        self._opened = block()
        self._open.on_click(lambda _: self._do(self._make_ready))
        self._resume.on_click(lambda _: self._begin(widget.resume))
        self._run.on_click(lambda _: self._begin(widget.run))
        self._stop.on_click(lambda _: self._do(widget.stop))
        options = [_WHOLE, *asked.stages]
        wide = {"layout": {"width": "240px"}, "style": {"description_width": "48px"}}
        self._start = ipywidgets.Dropdown(
            options=options, value=asked.start or _WHOLE, description="From", **wide
        )
        self._until = ipywidgets.Dropdown(
            options=options, value=asked.until or _WHOLE, description="Until", **wide
        )
        self._force = ipywidgets.Checkbox(
            value=asked.force, description="run also what is unchanged", indent=False
        )
        for chosen in (self._start, self._until, self._force):
            chosen.observe(lambda _: self._spanned(), "value")
        self._fields = Fields(asked, self._changed)
        self.root = frame(
            self._fields.box,
            self._row(self._start, self._until, self._force),
            self._plan,
            self._row(self._run, self._stop),
            self._trouble,
            self._progress,
            self._row(self._open, self._resume),
            self._opened,
            title=f"Run {asked.pipeline}",
        )
        self._changed()

    def redraw(self) -> None:
        """Show what is known now; may be called from any thread."""
        watching, asked = self._watching(), self._asked
        goes_on = watching is not None and not watching.is_over
        self._run.disabled = goes_on or bool(asked.problems)
        self._stop.disabled = not goes_on
        self._fields.refresh()
        result = self._widget.result if watching is not None and watching.is_over else None
        bad = result is not None and result.outcome is not None and not result.outcome.is_success
        self._open.layout.display = None if bad and result is not None and failures(result) else "none"
        self._resume.layout.display = None if bad else "none"
        if not goes_on:
            self._plan.value = plan_picture(asked, self._planning)
        if watching is None:
            return
        self._plan.layout.display = "none" if goes_on else None
        if result is not None:
            self._progress.value = result_picture(result)
        elif watching.at_work is not None:
            self._progress.value = progress_picture(watching.at_work)
        else:
            self._progress.value = self._beginning(watching)

    def _beginning(self, watching: Watching) -> Any:
        if not watching.is_over:
            return html('<p class="wb-busy" role="status">Starting a process for it …</p>')
        return html(
            "{notice}<pre>{said}</pre>", notice=notice("The run did not start."), said=watching.said.strip()
        )

    def _make_ready(self) -> None:
        opened = self._widget.open()
        link = file_link(opened.notebook, f"Open {opened.notebook.name}")
        said = joined(html("<div>{line}</div>", line=line) for line in opened.pin.words())
        self._opened.value = html('<div class="wb-notice wb-quiet">{link}{said}</div>', link=link, said=said)

    def _begin(self, act: Callable[[], None]) -> None:
        if self._stop.disabled:  # else it goes on already, and this is the second click of two
            self._do(act)

    def _do(self, act: Callable[[], None]) -> None:
        self._trouble.value = self._opened.value = ""
        try:
            act()
        except WorkbenchError as error:
            self._trouble.value = notice(error)
        self.redraw()

    def _spanned(self) -> None:
        start, until = (
            "" if chosen.value == _WHOLE else chosen.value for chosen in (self._start, self._until)
        )
        self._asked.span(start, until, force=self._force.value)
        self._changed()

    def _changed(self) -> None:
        if not self._asked.problems:
            self._planning.ask(self._asked.request())
        self.redraw()

    def _row(self, *children: Any) -> ipywidgets.HBox:
        row = ipywidgets.HBox(children)
        row.add_class("wb-row")
        return row
