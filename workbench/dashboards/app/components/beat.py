"""What a page looks after every second, all of it in one beat.

Panel does as much around each callback as most of them do themselves, and a page has a dozen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, WeakMethod

import panel as pn

_EVERY = 1000  # milliseconds
_beats: WeakKeyDictionary[Any, list[Callable[[], Any]]] = WeakKeyDictionary()


def each_second(act: Callable[[], Any]) -> None:
    """Call a method every second while the page is open and somebody holds its object.

    Args:
        act: a bound method.
    """
    document = pn.state.curdoc
    if document not in _beats:
        _beats[document] = []
        pn.state.add_periodic_callback(partial(_beat, _beats[document]), period=_EVERY)
    _beats[document].append(WeakMethod(act))


def _beat(beats: list[Callable[[], Any]]) -> None:
    for each in list(beats):
        act = each()
        if act is None:
            beats.remove(each)
        else:
            act()
