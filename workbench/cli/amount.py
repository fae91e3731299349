"""Words for amounts: seconds, bytes, counts, times, metrics."""

from __future__ import annotations

import math
from datetime import datetime

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def seconds_text(seconds: float | None) -> str:
    """Return a duration as people say it: `0.4 s`, `1 min 05 s`, `2 h 03 min`."""
    if seconds is None:
        return "–"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def bytes_text(size: float | None) -> str:
    """Return a size in decimal units: `999 B`, `1.5 GB`."""
    if size is None:
        return "–"
    unit = 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 99.5 else f"{size:.1f} {_UNITS[unit]}"


def count_text(number: int | None) -> str:
    """Return a count with its thousands apart: `336,776`."""
    return "–" if number is None else f"{number:,}"


def number_text(value: object) -> str:
    """Return a metric with at most five significant digits; other values as they are."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e9):
        return f"{int(value):,}"
    return f"{value:.5g}"


def plural(number: int, noun: str) -> str:
    """Return `1 stage`, `2 stages`."""
    ending = "" if number == 1 else "s"
    return f"{count_text(number)} {noun}{ending}"


def time_text(at: datetime | str | None) -> str:
    """Return a moment in the reader's own time zone, to the second."""
    if at is None or at == "":
        return "–"
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
