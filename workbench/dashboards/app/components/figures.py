"""Figures by Bokeh, in the look of all pages, to be saved as PNG and SVG."""

from __future__ import annotations

from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document
from bokeh.models import DataRange1d, NoOverlap
from bokeh.plotting import figure as bokeh_figure
from markupsafe import Markup

from workbench.dashboards.app.components.markup import block, html, joined
from workbench.dashboards.app.components.standing import renew

_numbers = count()
_narrow: WeakKeyDictionary[Document, bool] = WeakKeyDictionary()
_LINE, _SIGN = 44, 5  # characters of a legend's line on a narrow screen, and of the sign before each entry
_DAY = 86_400_000.0  # milliseconds
_TOOLS = "pan,wheel_zoom,box_zoom,reset"


def figure(*, x: str = "", y: str = "", height: int = 320, tools: str = _TOOLS, **settings: Any) -> Any:
    """Return an empty Bokeh figure as wide as its place.

    Args:
        x: what the axis shows, with the unit.
        y: likewise.
        height: in pixels.
        tools: of the toolbar; hover tools are added by who draws, with plain fields (`@name`, which escapes).
        settings: of Bokeh's figure besides.
    """
    made = bokeh_figure(
        height=height,
        sizing_mode="stretch_width",
        x_axis_label=x or None,
        y_axis_label=y or None,
        tools=tools,
        toolbar_location="right",
        **settings,
    )
    if settings.get("x_axis_type") == "datetime" and isinstance(made.x_range, DataRange1d):
        made.x_range.default_span = _DAY  # around a single point, where Bokeh would show two milliseconds
    made.xaxis.major_label_policy = NoOverlap(min_distance=8)  # narrow screens have room for fewer
    made.toolbar.logo = None
    made.toolbar.autohide = True
    if made.toolbar.tools:
        made.toolbar.active_scroll = None
    return made


def set_narrow(*, narrow: bool) -> None:
    """Keep whether the viewer of this page has a narrow screen."""
    if pn.state.curdoc is not None:
        _narrow[pn.state.curdoc] = narrow


def legend_above(made: Any) -> None:
    """Put the legend above a figure, where it covers nothing, in as many lines as a narrow screen needs."""
    if not made.legend:
        return
    legend = made.legend[0]
    legend.orientation, legend.click_policy = "horizontal", "hide"
    legend.border_line_alpha = legend.background_fill_alpha = 0
    legend.margin = legend.padding = 2
    longest = max(len(str(item.label.value)) for item in legend.items) + _SIGN
    is_narrow = pn.state.curdoc is not None and _narrow.get(pn.state.curdoc, False)
    if is_narrow and longest * len(legend.items) > _LINE:
        legend.ncols = max(1, _LINE // longest)
    if legend in made.center:
        made.center.remove(legend)
    made.add_layout(legend, "above")


class Shown(pn.Column):  # type: ignore[misc] # Panel's class is not typed
    """A figure below its title, with what saves it; see `shown`.

    Attributes:
        made: Bokeh's figure.
    """

    def __init__(self, made: Any, title: str, name: str, note: str) -> None:
        self.made = made
        self._said = (title, name, note)
        made.name = f"figure {next(_numbers)}"
        super().__init__(
            block(self._words()),
            pn.pane.Bokeh(made, sizing_mode="stretch_width", margin=0),
            sizing_mode="stretch_width",
            margin=(0, 0, 16, 0),
        )
        self._parts = list(self)

    def renew(self, drawn: Shown) -> bool:
        """Show what another figure would, if this one can; return whether. The other is of no use then."""
        is_whole = self._parts == list(self) and drawn._parts == list(drawn)
        if not is_whole or not renew(self.made, drawn.made):
            return False
        self._said = drawn._said
        words, _ = self._parts
        words.object = str(self._words())
        return True

    def _words(self) -> Markup:
        title, name, note = self._said
        buttons = (
            html(
                '<button type="button" class="save" data-save="{kind}" data-figure="{figure}" '
                'data-file="{name}" title="Save as {word}">{word}</button>',
                kind=kind,
                figure=self.made.name,
                name=name,
                word=kind.upper(),
            )
            for kind in ("png", "svg")
        )
        return html(
            '<div class="over"><h3>{title}</h3><span>{buttons}</span></div>{note}',
            title=title,
            buttons=joined(buttons),
            note=html('<p class="quiet">{note}</p>', note=note) if note else "",
        )


def shown(made: Any, *, title: str, name: str, note: str = "") -> Shown:
    """Return a figure below its title, with what saves it.

    Args:
        made: a Bokeh figure.
        title: what it shows, in words; a screen reader reads this.
        name: of the files, without their ending.
        note: what has to be known to read it.
    """
    return Shown(made, title, name, note)
