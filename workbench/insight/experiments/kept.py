"""What is worked out from all runs at once, made anew only when a run has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from workbench.insight.store import Store

T = TypeVar("T")
_lock = threading.Lock()
_kept: WeakKeyDictionary[Store, dict[str, tuple[int, Any]]] = WeakKeyDictionary()


def kept(store: Store, name: str, make: Callable[[], T]) -> T:
    """Return what `make` makes of a store's runs; the same object until one of them changes."""
    stamp = store.changed("run")
    with _lock:
        found = _kept.setdefault(store, {}).get(name)
    if found is None or found[0] != stamp:
        found = (stamp, make())
        with _lock:
            _kept[store][name] = found
    value: T = found[1]
    return value
