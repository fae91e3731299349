"""Values as JSON: one form for equal values, so that it can be recorded, compared and hashed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from workbench.duration import format_duration
from workbench.parameters.secret import Revealed, Secret


def canonical(value: Any) -> Any:  # noqa: PLR0911 - one return for each kind of value
    """Return a value as JSON: dates as ISO texts, sets sorted, secrets as references."""
    match value:
        case bool() | None:
            return value
        case Revealed():
            return str(value.secret)
        case str():
            return str(value)
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else repr(float(value))
        case list() | tuple():
            return [canonical(item) for item in value]
        case set() | frozenset():
            return [canonical(item) for item in sorted_items(value)]
        case dict():
            made = {_key(key): canonical(item) for key, item in value.items()}
            return {key: made[key] for key in sorted(made)}
        case Decimal() | Secret():
            return str(value)
        case PurePath():
            return value.as_posix()
        case timedelta():
            return format_duration(value)
        case date() | time():
            return value.isoformat()
    raise TypeError(f"A parameter cannot hold a {type(value).__name__}.")


def sorted_items(values: Iterable[Any]) -> list[Any]:
    """Return a set's items in an order that depends on them alone."""
    return sorted(values, key=lambda item: (type(item).__name__, _rank(item), json.dumps(canonical(item))))


def _rank(item: Any) -> float | int:
    return item if isinstance(item, int | float) and not math.isnan(item) else 0


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(canonical(key))
