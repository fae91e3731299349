"""Days in parameters that are filled in when something starts: `{due}`, `{today - 28d}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from workbench.duration import parse_duration

_BRACES = re.compile(r"\{([^{}]*)\}")
_INSIDE = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?:(?P<sign>[+-])\s*(?P<by>[^+-]+?))?\s*", re.ASCII)
_DAY = timedelta(days=1)


def render(text: str, days: Mapping[str, date]) -> str:
    """Return a text with each `{NAME}`, `{NAME - 28d}` or `{NAME + 1w}` replaced by that day, as 2013-03-01.

    Args:
        text: braces that do not begin with a word, as those of JSON, stay as they are.
        days: the day that each name stands for.

    Raises:
        ValueError: a template is written otherwise, or leaves the calendar.
    """
    return _BRACES.sub(lambda found: _rendered(found, days), text)


def _rendered(found: re.Match[str], days: Mapping[str, date]) -> str:
    whole, inside = found.group(0), found.group(1)
    if not inside.strip()[:1].isalpha():
        return whole
    names = " or ".join(f"{{{name}}}" for name in days)
    parts = _INSIDE.fullmatch(inside)
    if parts is None or parts["name"] not in days:
        example = f"{{{next(iter(days))} - 28d}}"
        raise ValueError(f"expected {names}, or days around it as in {example!r}, but got {whole!r}")
    day = days[parts["name"]]
    if parts["by"] is None:
        return day.isoformat()
    by = parse_duration(parts["by"])
    if by % _DAY:
        raise ValueError(f"expected whole days, as in '28d' or '4w', but got {whole!r}")
    try:
        return (day + by if parts["sign"] == "+" else day - by).isoformat()
    except OverflowError:
        raise ValueError(f"expected a day of the calendar, but got {whole!r}") from None
