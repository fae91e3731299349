"""What is drawn again and again: the next drawing goes into the parts that stand on the page already."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.dashboards.app.components.figures import Shown

_OF_WORDS = ("object", "margin", "styles", "stylesheets", "visible")


class Drawing(pn.Column):  # type: ignore[misc] # Panel's class is not typed
    """Words and figures that nobody holds on to, one below the other: what is drawn next is put into them."""

    def __init__(self, *parts: Any, **settings: Any) -> None:
        super().__init__(*parts, **{"sizing_mode": "stretch_width", "margin": 0, **settings})


def put(place: Any, drawn: Any) -> None:
    """Let a place show something else, in what stands there already as far as that can be.

    Args:
        place: a layout with one part, or none yet.
        drawn: the part that it is to show.
    """
    if len(place) != 1 or not _become(place[0], drawn):
        place[:] = [drawn]


def _become(old: Any, new: Any) -> bool:
    """Let a part show what another one does, if it can; return whether."""
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    match old:
        case Shown():
            return old.renew(new)
        case Drawing():
            return _become_all(old, list(new))
        case pn.pane.HTML():
            old.param.update(**{name: getattr(new, name) for name in _OF_WORDS})
            return True
        case _:
            return isinstance(old, pn.Spacer) and (old.width, old.height) == (new.width, new.height)


def _become_all(old: Drawing, new: list[Any]) -> bool:
    if len(old) != len(new):
        return False
    parts = [one if _become(one, other) else other for one, other in zip(old, new, strict=True)]
    if parts != list(old):
        old[:] = parts
    return True
