"""How a viewer sees the pages: their zone, a narrow or a wide screen, light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COOKIE = "workbench_look"
"""The cookie by which the browser says so: `America/New_York,0,1`."""


@dataclass(frozen=True)
class Look:
    """How somebody looks at a page."""

    zone: tzinfo = UTC
    narrow: bool = False
    dark: bool = False


def look_of(cookie: str) -> Look:
    """Return what a cookie says; anybody may have written it."""
    zone, _, rest = unquote(cookie).partition(",")
    narrow, _, dark = rest.partition(",")
    return Look(zone_named(zone), narrow == "1", dark == "1")


def zone_named(name: str) -> tzinfo:
    """Return a zone by its name, UTC when there is none of that name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
