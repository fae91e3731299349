"""What is told in passing: that something was done."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document

from workbench.dashboards.app.components.markup import block, html

_SECONDS = 8
_places: WeakKeyDictionary[Document, pn.Column] = WeakKeyDictionary()


def place_for_words() -> pn.Column:
    """Return where this page tells what was done; the shell puts it on the page."""
    place = pn.Column(sizing_mode="stretch_width", margin=0)
    if pn.state.curdoc is not None:
        _places[pn.state.curdoc] = place
    return place


def say(words: str) -> None:
    """Tell the viewer of this page something for some seconds; a screen reader reads it."""
    place = _places.get(pn.state.curdoc) if pn.state.curdoc is not None else None
    if place is None:
        return
    said = block(html('<p class="said" role="status">✓ {words}</p>', words=words))
    place.append(said)

    def forget() -> None:
        if said in place:
            place.remove(said)

    pn.state.curdoc.add_timeout_callback(forget, _SECONDS * 1000)
