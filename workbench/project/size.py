"""Sizes as people write them: `500kB`, `1MB`, `2GiB`."""

from __future__ import annotations

import re

_BYTES = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_TEXT = re.compile(r"(\d{1,15})(?:\.(\d{1,9}))?\s*([kmgt]?i?b)", re.ASCII | re.IGNORECASE)


def parse_size(text: str) -> int:
    """Return the number of bytes that a text such as `1MB` means.

    Raises:
        ValueError: it is written otherwise; the message says how to write it.
    """
    found = _TEXT.fullmatch(text.strip())
    if not found or found[3].casefold() not in _BYTES:
        raise ValueError(f"expected a size like '500kB', '1MB' or '2GiB', but got {text!r}")
    whole, fraction, unit = found.groups(default="")
    size: int = int(f"{whole}{fraction}") * _BYTES[unit.casefold()] // 10 ** len(fraction)
    return size
