"""Figures by Bokeh, in the look of all pages, to be saved as PNG and SVG."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.plotting import figure as bokeh_figure

from workbench.dashboards.app.components.markup import block, html

_TOOLS = "pan,wheel_zoom,box_zoom,reset"

_SAVE = """
(async () => {
  const blob = await Bokeh.index.find_one(figure).export(kind).to_blob()
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name + "." + kind
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
})()
"""


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
    made.toolbar.logo = None
    made.toolbar.autohide = True
    if made.toolbar.tools:
        made.toolbar.active_scroll = None
    return made


def shown(made: Any, *, title: str, name: str, note: str = "") -> pn.Column:
    """Return a figure below its title, with what saves it.

    Args:
        made: a Bokeh figure.
        title: what it shows, in words; a screen reader reads this.
        name: of the files, without their ending.
        note: what has to be known to read it.
    """
    buttons = [_save(made, name, kind) for kind in ("png", "svg")]
    words = html(
        "<h3>{title}</h3>{note}",
        title=title,
        note=html('<p class="quiet">{note}</p>', note=note) if note else "",
    )
    return pn.Column(
        pn.Row(block(words), *buttons, sizing_mode="stretch_width", margin=0),
        pn.pane.Bokeh(made, sizing_mode="stretch_width", margin=0),
        sizing_mode="stretch_width",
        margin=(0, 0, 16, 0),
    )


def _save(made: Any, name: str, kind: str) -> pmui.Button:
    button = pmui.Button(
        label=kind.upper(), variant="text", size="small", description=f"Save as {kind.upper()}", margin=0
    )
    button.js_on_click(args={"figure": made, "kind": kind, "name": name}, code=_SAVE)
    return button
