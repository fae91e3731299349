"""Durations as people write them: `5s`, `20m`, `1h30m`, `500ms`."""

from __future__ import annotations

import re
from datetime import timedelta

_MICROSECONDS = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
_WRITTEN = ("d", "h", "m", "s", "ms", "us")
_PART = re.compile(r"(\d+)(?:\.(\d+))?\s*(ms|us|[wdhms])\s*", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Return the duration that a text such as `1h30m` means.

    Raises:
        ValueError: it is written otherwise; the message says how to write it.
    """
    stripped = text.strip()
    rest, total = stripped.removeprefix("-"), 0
    while (part := _PART.match(rest)) and len(rest) < 100:
        whole, fraction, unit = part.groups(default="")
        total += int(f"{whole}{fraction}") * _MICROSECONDS[unit] // 10 ** len(fraction)
        rest = rest[part.end() :]
    if rest or stripped in ("", "-"):
        raise ValueError(f"expected a duration like '500ms', '5s', '20m', '1h30m' or '2d', but got {text!r}")
    try:
        return timedelta(microseconds=-total if stripped.startswith("-") else total)
    except OverflowError:
        raise ValueError(f"expected a duration below a billion days, but got {text!r}") from None


def format_duration(duration: timedelta) -> str:
    """Return the text that `parse_duration` turns back into exactly this duration."""
    left = abs(duration) // timedelta(microseconds=1)
    parts = []
    for unit in _WRITTEN:
        count, left = divmod(left, _MICROSECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    sign = "-" if duration < timedelta() else ""
    return sign + ("".join(parts) or "0s")
