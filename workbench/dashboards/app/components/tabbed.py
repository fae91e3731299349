"""The parts of a page of which one is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from workbench.dashboards.app.components.choices import Tabs

_AWAY = {
    "position": "absolute",
    "top": "-100000px",
    "left": "0",
    "right": "0",
    "visibility": "hidden",
}
"""How a part waits: it keeps its width, so that nothing is measured and drawn anew when it comes back."""
_HERE = {"position": "relative", "top": "0", "left": "0", "right": "0", "visibility": "inherit"}
"""How a part stands; a style that is left out stays what it was."""


def tabbed(tabs: Tabs, makers: Sequence[Callable[[], Any]]) -> pn.Column:
    """Return the parts below their headings; each is made when it is looked at first.

    Args:
        tabs: the headings.
        makers: make a part each, in the order of the headings.
    """
    places = [pn.Column(sizing_mode="stretch_width", margin=0) for _ in makers]

    def show(_event: Any = None) -> None:
        for number, (place, make) in enumerate(zip(places, makers, strict=True)):
            is_shown = number == tabs.value
            if is_shown and not len(place):
                place.append(make())
            place.styles = _HERE if is_shown else _AWAY

    tabs.param.watch(show, "value")
    show()
    return pn.Column(*places, sizing_mode="stretch_width", margin=(12, 0), styles={"position": "relative"})
