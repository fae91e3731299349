"""Figures that stand: what is drawn anew is put into the figure that the browser has already.

A figure of Bokeh's is some sixty models, and a browser builds each with a view of its own; that takes far
longer than to draw other numbers with those that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.model import Model
from bokeh.models import ColumnDataSource, DataRange1d, Plot

_BROWSERS = frozenset(
    {"inner_width", "inner_height", "outer_width", "outer_height", "frame_width", "frame_height", "name"}
)
"""Properties that a browser sets, or that tell one figure from another."""

_Change = tuple[Model, str, Any]


class _OtherError(Exception):
    """Two figures are not made of the same parts."""


def renew(standing: Any, drawn: Any) -> bool:
    """Let a figure that stands show what another one would, if both are made of the same parts.

    Args:
        standing: Bokeh's figure on the page.
        drawn: one that nobody has seen; it is of no use afterwards.

    Returns:
        Whether they are; nothing was changed where not.
    """
    pairs: dict[str, Model] = {}
    try:
        changes = list(_differences(standing, drawn, pairs))
    except _OtherError:
        return False
    for model, name, value in changes:
        setattr(model, name, dict(value) if isinstance(model, ColumnDataSource) and name == "data" else value)
    for new in drawn.references():
        if new._event_callbacks and new.id in pairs:
            pairs[new.id]._event_callbacks = new._event_callbacks
    return True


def _differences(old: Model, new: Model, pairs: dict[str, Model]) -> Iterator[_Change]:
    """Give what has to be changed; `pairs` holds by each model's id the one of the other figure."""
    if old is new or pairs.get(new.id) is old:
        return
    if new.id in pairs or old.id in pairs:
        raise _OtherError
    if type(old) is not type(new) or old._callbacks or new._callbacks:
        raise _OtherError
    pairs[new.id], pairs[old.id] = old, new
    for name in _told(old) | _told(new):
        if name in _BROWSERS:
            continue
        yield from _difference(old, name, getattr(old, name), getattr(new, name), pairs)


def _difference(old: Model, name: str, before: Any, after: Any, pairs: dict[str, Model]) -> Iterator[_Change]:
    if isinstance(before, DataRange1d) and isinstance(after, DataRange1d) and isinstance(old, Plot):
        yield old, name, after  # it has to look at the data again, wherever somebody has scrolled to
    elif isinstance(before, Model) and isinstance(after, Model):
        yield from _differences(before, after, pairs)
    elif _holds_models(before) or _holds_models(after):
        if isinstance(after, Mapping):
            yield old, name, after  # labels of an axis
            return
        if not (_is_list(before) and _is_list(after) and len(before) == len(after)):
            raise _OtherError
        for one, other in zip(before, after, strict=True):
            if not (isinstance(one, Model) and isinstance(other, Model)):
                raise _OtherError
            yield from _differences(one, other, pairs)
    elif not _same(before, after):
        yield old, name, after


def _told(model: Model) -> set[str]:
    """Return the properties that do not have what every such model has."""
    return {*model._property_values, *model._unstable_default_values}


def _holds_models(value: Any) -> bool:
    if isinstance(value, Model):
        return True
    parts: Iterable[Any] = value.values() if isinstance(value, Mapping) else value if _is_list(value) else ()
    return any(isinstance(part, Model) for part in parts)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and np.array_equal(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, float) and isinstance(other, float) and one != one:  # noqa: PLR0124 - not a number
        return other != other  # noqa: PLR0124
    return bool(type(one) is type(other) and one == other)
