"""Reduces a notebook's variables to a few numbers and texts, to be compared with those of another run."""

from __future__ import annotations

import datetime as calendar
import hashlib
import re
import sys
import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Digest = list[Any]
"""Texts that must be equal, and pairs of a number and the size that its differences are held against."""

_NUMBERS = 100_000  # values of an array that are looked at
_TEXTS = 2_000
_ITEMS = 200
_DEEPEST = 3
_BUDGET = 1.0  # seconds for the variables of one cell
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_MOMENTS = (calendar.date, calendar.time, calendar.timedelta)
_PLAIN = (bool, int, str, bytes, type(None), complex, Decimal, *_MOMENTS)


def digests(namespace: Mapping[str, Any], names: Iterable[str]) -> dict[str, Digest]:
    """Return what is remembered of each variable; nothing of what says nothing, such as a module.

    Args:
        namespace: the notebook's variables.
        names: those to be looked at; after a second no more are.
    """
    found = {}
    end = time.perf_counter() + _BUDGET
    for name in names:
        if name in namespace and time.perf_counter() < end:
            try:
                digest = _digest(namespace[name], 0)
            except Exception:  # noqa: BLE001, S112 - somebody's object; it is not compared then
                continue
            if digest:
                found[name] = digest
    return found


def _digest(value: Any, depth: int) -> Digest:  # noqa: PLR0911 - one for each sort
    if isinstance(value, bool | int | float) and not isinstance(value, bool):
        return _number(float(value))
    if isinstance(value, _PLAIN):
        return [_text(value)]
    kind = f"{type(value).__module__.partition('.')[0]}.{type(value).__name__}"
    numpy, pandas, polars = (sys.modules.get(name) for name in ("numpy", "pandas", "polars"))
    if numpy and isinstance(value, numpy.ndarray | numpy.generic):
        return [kind, *_array(numpy.asarray(value))]
    if pandas and isinstance(value, pandas.DataFrame):
        return [kind, *_frame({str(name): column for name, column in value.items()}, len(value))]
    if pandas and isinstance(value, pandas.Series | pandas.Index):
        return [kind, *_column(value)]
    if polars and isinstance(value, polars.DataFrame):
        return [kind, *_frame({name: value[name] for name in value.columns}, len(value))]
    if polars and isinstance(value, polars.Series):
        return [kind, *_column(value)]
    if depth > _DEEPEST:
        return []
    if isinstance(value, Mapping):
        return _many(kind, [(repr(key), item) for key, item in list(value.items())[:_ITEMS]], depth)
    if isinstance(value, list | tuple):
        return [*_many(kind, [("", item) for item in value[:_ITEMS]], depth), str(len(value))]
    if isinstance(value, set | frozenset):
        return [kind, *sorted(_text(item) for item in list(value)[:_ITEMS])]
    return _fitted(kind, value, depth)


def _fitted(kind: str, value: Any, depth: int) -> Digest:
    """Return what an estimator has learnt: its attributes that end with `_`."""
    if hasattr(value, "model_to_string"):
        return [kind, hashlib.sha256(value.model_to_string().encode()).hexdigest()]
    learnt = [
        (name, item)
        for name, item in sorted(getattr(value, "__dict__", {}).items())
        if name.endswith("_") and not name.startswith("_")
    ]
    return _many(kind, learnt, depth + 1) if learnt else []


def _many(kind: str, items: Iterable[tuple[str, Any]], depth: int) -> Digest:
    found: Digest = [kind]
    for name, item in items:
        found += [name, *_digest(item, depth + 1)]
    return found


def _frame(columns: Mapping[str, Any], rows: int) -> Digest:
    found: Digest = [str(rows)]
    for name, column in columns.items():
        found += [name, *_column(column)]
    return found


def _column(column: Any) -> Digest:
    """Return what is remembered of a column of pandas or Polars; of texts and other objects, of fewer."""
    import numpy as np

    most = _NUMBERS if _is_number(column.dtype) else _TEXTS
    rows = len(column)
    if rows > most:
        step = rows // most + 1
        column = column.iloc[::step] if hasattr(column, "iloc") else column[::step]
    if getattr(column.dtype, "tz", None) is not None:  # NumPy makes objects of those, in a second
        moments = column.to_numpy(dtype="datetime64[ns]").tobytes()
        return [str(rows), hashlib.sha256(moments).hexdigest()]
    return [str(rows), *_array(np.asarray(column))]


def _is_number(dtype: Any) -> bool:
    """Whether values of a pandas or Polars type are numbers or moments, and not objects."""
    if hasattr(dtype, "is_numeric"):
        return bool(dtype.is_numeric() or dtype.is_temporal())
    return getattr(dtype, "kind", "O") in "biufmM"


def _array(array: Any) -> Digest:
    import numpy as np

    flat = array.reshape(-1)
    if flat.size > _NUMBERS:
        flat = flat[:: flat.size // _NUMBERS + 1]
    shape = str(array.shape)
    if flat.dtype.kind in "mM":
        flat = flat.astype("int64")
    if flat.dtype.kind in "biuf":
        values = flat.astype("float64")
        known = np.isfinite(values)
        values = np.where(known, values, 0.0)
        weights = np.cos(np.arange(values.size) * 12.9898)  # so that order counts
        size = float(np.abs(values).sum())
        return [shape, str(int(known.sum())), [float((values * weights).sum()), size]]
    step = flat.size // _TEXTS + 1
    texts = "\x1f".join(_text(each) for each in flat[::step].tolist())
    return [shape, hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()]


def _number(value: float) -> Digest:
    return ["nan"] if value != value else [[value, abs(value)]]  # noqa: PLR0124 - that is what a NaN is


def _text(value: Any) -> str:
    text = _ADDRESS.sub("0x", repr(value))
    return text if len(text) <= 200 else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
