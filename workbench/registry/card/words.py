"""Numbers, days and names as a card writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

NONE = "–"


def number(value: Any) -> str:
    """Return a number with at most four significant digits, or a count with its thousands apart."""
    if value is None:
        return NONE
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if not math.isfinite(value):
        return NONE
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def value(thing: Any) -> str:
    """Return any JSON value on one line."""
    if isinstance(thing, Mapping):
        return ", ".join(f"{name} {value(part)}" for name, part in thing.items()) or NONE
    if isinstance(thing, (list, tuple)):
        return ", ".join(value(part) for part in thing) or NONE
    if isinstance(thing, str):
        return thing or NONE
    if thing is None or isinstance(thing, (bool, int, float)):
        return number(thing) if not isinstance(thing, bool) else ("yes" if thing else "no")
    return json.dumps(thing, default=str)


def day(at: datetime) -> str:
    """Return a day such as `21 Nov 2026`."""
    return f"{at.day} {at:%b %Y}"


def moment(at: datetime) -> str:
    """Return a day with its time, such as `21 Nov 2026, 04:02 UTC`."""
    return f"{day(at)}, {at:%H:%M %Z}".strip()


def rows(count: int | None) -> str:
    """Return `1 row`, `336,776 rows`; empty when nobody counted."""
    return "" if count is None else f"{count:,} row{'' if count == 1 else 's'}"


def label(name: str) -> str:
    """Return a name as a heading says it: `base_rate` is `base rate`."""
    return name.replace("_", " ")


def listed(names: Iterable[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def shorten(text: str, most: int) -> str:
    """Return a text of at most so many characters, cut between words."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rpartition(' ')[0].rstrip(',;:')} …"
