"""What a value must be to stand in a column, and the sentence that tells its sender when it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from workbench.serving.model.column import Column
from workbench.serving.refused import Refused

_LARGEST = {"float": 3.4028234663852886e38, "double": 1.7976931348623157e308}
RANGES = {"long": (-(2**63), 2**63 - 1), "integer": (-(2**31), 2**31 - 1)}
"""The smallest and the largest whole number of a type."""

_WANTS = {
    "number": "a number or null",
    "integer": "a whole number",
    "boolean": "true or false",
    "text": "a text or null",
}
_TRUTHS = {"true": True, "false": False}
_SHOWN = 60


def checked(column: Column, value: Any, row: int, *, refuse_unknown: bool = False) -> Any:
    """Return a value as its column takes it: 3.0 is the whole number 3, and an unknown category null.

    Args:
        column: where the value stands.
        value: as JSON gives it.
        row: of the request, from 0.
        refuse_unknown: whether a category that the model never saw is an error.

    Raises:
        Refused: it is of another type, not finite, too large, or unknown.
    """
    if column.kind == "category":
        return _category(column, value, row, refuse_unknown)
    if column.kind == "boolean":
        fits = isinstance(value, bool)
    elif column.kind == "text":
        fits = value is None or isinstance(value, str)
    elif column.kind == "number":
        fits = value is None or _is_number(value)
    else:
        fits = _is_number(value)
    if not fits:
        raise _wrong(column, value, row)
    if value is None or column.kind in ("boolean", "text"):
        return value
    return _whole(column, value, row) if column.kind == "integer" else _number(column, value, row)


def read(column: Column, text: str | None) -> Any:
    """Return what a text of a CSV stands for in its column; the text itself where it stands for nothing."""
    if text is None or text == "":
        return None
    if column.kind == "text":
        return text
    if column.kind == "boolean":
        return _TRUTHS.get(text.lower(), text)
    if column.kind == "category" and text in column.categories:
        return text
    try:
        number = float(text) if "_" not in text else None
        return text if number is None else int(text) if text.lstrip("+-").isdecimal() else number
    except ValueError:
        return text


def types_of(categories: Sequence[Any]) -> frozenset[type]:
    """Return the types that values of a category have, null's among them."""
    found = {type(each) for each in categories}
    if found & {int, float}:
        found |= {int, float}
    return frozenset(found | {type(None)})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(column: Column, value: float, row: int) -> float:
    if isinstance(value, float) and not isfinite(value):
        raise _not_finite(column, value, row)
    if abs(value) > _LARGEST.get(column.type, _LARGEST["double"]):
        raise _too_large(column, row)
    return value


def _whole(column: Column, value: float, row: int) -> int:
    if isinstance(value, float):
        if not isfinite(value):
            raise _not_finite(column, value, row)
        if not value.is_integer():
            raise _wrong(column, value, row)
        value = int(value)
    low, high = RANGES[column.type]
    if not low <= value <= high:
        raise _too_large(column, row)
    return value


def _category(column: Column, value: Any, row: int, refuse_unknown: bool) -> Any:
    if type(value) not in types_of(column.categories):
        raise _wrong(column, value, row)
    if isinstance(value, float) and not isfinite(value):
        raise _not_finite(column, value, row)
    if value is None or value in column.categories:
        return value
    if not refuse_unknown:
        return None
    raise Refused(
        400,
        "unknown_category",
        f"Column {column.name!r} has {_told(value)} in row {row + 1}, which the model never saw.",
        f"It knows {len(column.categories)}: {_some(column.categories)}. Send null for a missing one.",
    )


def _wrong(column: Column, value: Any, row: int) -> Refused:
    wants = _WANTS.get(column.kind) or f"one of {_some(column.categories)}, or null"
    return Refused(
        400,
        "wrong_type",
        f"Column {column.name!r} takes {wants}, but row {row + 1} has {_told(value)}.",
    )


def _not_finite(column: Column, value: float, row: int) -> Refused:
    return Refused(
        400,
        "not_finite",
        f"Column {column.name!r} takes finite numbers, but row {row + 1} has {value}.",
        "Send null for a missing one." if column.kind != "integer" else "",
    )


def _too_large(column: Column, row: int) -> Refused:
    return Refused(
        400,
        "too_large",
        f"Column {column.name!r} has a number in row {row + 1} that is beyond what its type, "
        f"{column.type}, can hold.",
    )


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str):
        return json.dumps(value[:_SHOWN] + "…" * (len(value) > _SHOWN), ensure_ascii=False)
    if isinstance(value, int) and value.bit_length() > 64:
        return "a whole number beyond all reason"
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)[:_SHOWN]


def _some(categories: Sequence[Any]) -> str:
    shown = ", ".join(_told(each) for each in categories[:8])
    return shown + (", …" if len(categories) > 8 else "")
