"""The windows of a model as people count them: one for each time, as it was looked at last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from workbench.insight.store import Store
    from workbench.insight.windows import WindowBrief

T = TypeVar("T")
_lock = threading.Lock()
_kept: WeakKeyDictionary[Store, dict[tuple[object, ...], tuple[object, object]]] = WeakKeyDictionary()


def looked_at(store: Store, model: str) -> tuple[WindowBrief, ...]:
    """Return a model's windows, the earliest first; of several looks at the same time the last one counts.

    Raises:
        UnknownNameError: there is no such model.
    """
    store.model(model)

    def make() -> tuple[WindowBrief, ...]:
        last = {(window.since, window.until): window for window in store.windows(model)}
        return tuple(sorted(last.values(), key=lambda window: (window.since, window.until)))

    return kept(store, ("windows", model), make, model=model)


def window_at(store: Store, model: str, position: int) -> WindowBrief:
    """Return the window whose event has a position in the ledger.

    Raises:
        UnknownNameError: there is no such model, or none of its windows is that one.
    """
    store.model(model)
    found = next((window for window in store.windows(model) if window.position == position), None)
    if found is None:
        known = [str(window.position) for window in store.windows(model)]
        hint = "A link of another project may have led here; choose one of the windows that are there."
        raise UnknownNameError("window", str(position), known[-100:], hint=hint)
    return found


def kept(store: Store, name: tuple[object, ...], make: Callable[[], T], *, model: str) -> T:
    """Return what `make` makes of a model's windows; the same object until there are others."""
    stamp = store.windows(model)
    with _lock:
        found = _kept.setdefault(store, {}).get(name)
    if found is None or found[0] is not stamp:
        found = (stamp, make())
        with _lock:
            _kept[store][name] = found
    return found[1]  # type: ignore[return-value] # each name has its own kind of value
