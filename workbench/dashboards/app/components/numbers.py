"""Numbers for people: as many digits as mean something, each with its unit."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from workbench.dashboards.app.components.markup import html

NOTHING = "–"
_GREAT = 1000
"""Whole numbers from here on are counts, and have nothing after the point."""

_SIZES = ("B", "kB", "MB", "GB", "TB")


def number(value: float | None, unit: str = "", *, digits: int = 3) -> Markup:
    """Return a number with its unit as markup, at full precision where a pointer rests on it."""
    if value is None or not math.isfinite(value):
        return html('<span class="number">{text}</span>', text=NOTHING)
    return html(
        '<span class="number" title="{full}">{text}{space}<span class="unit">{unit}</span></span>',
        full=f"{value!r} {unit}".strip(),
        text=short(value, digits=digits),
        space="\u202f" if unit else "",
        unit=unit,
    )


def short(value: float | None, *, digits: int = 3) -> str:
    """Return a number as text with so many digits that mean something; whole numbers in full."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}".replace(",", "\u202f")
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}"
    said = f"{value:.{digits}g}"
    return f"{value:,.0f}".replace(",", "\u202f") if "e" in said else said


def fixed(value: Any, digits: int) -> str:
    """Return a number as text with so many digits after the point, for columns."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return NOTHING
    places = 0 if abs(value) >= _GREAT and float(value).is_integer() else digits
    return f"{value:,.{places}f}".replace(",", "\u202f")


def percent(share: float | None, *, digits: int = 3) -> str:
    """Return a share of one as text in per cent."""
    if share is None or not math.isfinite(share):
        return NOTHING
    return f"{share * 100:.{digits}g}\u202f%"


def duration(seconds: float | None) -> str:
    """Return a duration as text in the units that fit: `0.21 s`, `3 min 20 s`, `2 h 5 min`, `4 d 2 h`."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    if seconds < 0.9995:  # what is nearer to a second is one
        return f"{seconds * 1000:.3g}\u202fms"
    if seconds < 59.95:
        return f"{seconds:.3g}\u202fs"
    whole = round(seconds)
    for big, small, size, part in (("min", "s", 60, 1), ("h", "min", 3600, 60), ("d", "h", 86400, 3600)):
        if big == "d" or whole < size * (60 if big == "min" else 24):
            rest = whole % size // part
            return f"{whole // size}\u202f{big}" + (f" {rest}\u202f{small}" if rest else "")
    raise AssertionError


def size(count: float | None) -> str:
    """Return bytes as text, in powers of a thousand."""
    if count is None or not math.isfinite(count):
        return NOTHING
    power = int(math.log10(count) // 3) if count >= 1 else 0
    power = min(len(_SIZES) - 1, power + (count / 1000**power >= 999.5))  # it is rounded to three digits
    return f"{count / 1000**power:.3g}\u202f{_SIZES[power]}"
