"""Figures by Bokeh, in the look of all pages, to be saved as PNG and SVG."""

from __future__ import annotations

from itertools import count
from typing import Any

import panel as pn
from bokeh.models import NoOverlap
from bokeh.plotting import figure as bokeh_figure
from markupsafe import Markup

from workbench.dashboards.app.components.markup import block, html, joined
from workbench.dashboards.app.components.standing import renew

_numbers = count()
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
    made.xaxis.major_label_policy = NoOverlap(min_distance=8)  # narrow screens have room for fewer
    made.toolbar.logo = None
    made.toolbar.autohide = True
    if made.toolbar.tools:
        made.toolbar.active_scroll = None
    return made


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
