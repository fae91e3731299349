"""What is worked out once and kept until what it rests on has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from workbench.insight.store import Store

T = TypeVar("T")
_MOST = 64
"""Things of one store; the one that nobody asked for the longest goes first."""

_lock = threading.Lock()
_kept: WeakKeyDictionary[Store, OrderedDict[object, tuple[object, Any]]] = WeakKeyDictionary()


def kept(store: Store, name: object, stamp: object, make: Callable[[], T]) -> T:
    """Return what `make` makes; the same object as long as the stamp is the same."""
    with _lock:
        mine = _kept.setdefault(store, OrderedDict())
        found = mine.get(name)
        if found is not None and found[0] == stamp:
            mine.move_to_end(name)
            value: T = found[1]
            return value
    made = make()
    with _lock:
        mine[name] = (stamp, made)
        mine.move_to_end(name)
        while len(mine) > _MOST:
            mine.popitem(last=False)
    return made
