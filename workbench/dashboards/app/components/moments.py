"""Times in the viewer's zone, with UTC where a pointer rests on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document
from markupsafe import Markup

from workbench.dashboards.app.components.markup import html
from workbench.dashboards.app.components.numbers import NOTHING, duration

_zones: WeakKeyDictionary[Document, tzinfo] = WeakKeyDictionary()


def set_zone(zone: tzinfo) -> None:
    """Keep the zone of the viewer of this page."""
    if pn.state.curdoc is not None:
        _zones[pn.state.curdoc] = zone


def viewer_zone() -> tzinfo:
    """Return the zone of the viewer of this page, UTC while it is not known."""
    return _zones.get(pn.state.curdoc, UTC) if pn.state.curdoc is not None else UTC


def moment(at: datetime | None, *, seconds: bool = False) -> Markup:
    """Return a time as markup: day and minute in the viewer's zone; the title says it in UTC."""
    if at is None:
        return html("<span>{text}</span>", text=NOTHING)
    utc = at.astimezone(UTC)
    return html(
        '<time datetime="{iso}" title="{utc}">{text}</time>',
        iso=utc.isoformat(),
        utc=f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        text=moment_text(at, seconds=seconds),
    )


def moment_text(at: datetime | None, *, seconds: bool = False) -> str:
    """Return a time as text in the viewer's zone; for tables, whose headings name the zone."""
    if at is None:
        return NOTHING
    return f"{at.astimezone(viewer_zone()):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


def ago(at: datetime | None, now: datetime) -> Markup:
    """Return how long ago something was, as markup whose title says when."""
    if at is None:
        return html("<span>{text}</span>", text=NOTHING)
    since = now - at
    text = "just now" if since < timedelta(minutes=1) else f"{duration(_rough(since))} ago"
    return html(
        '<time datetime="{iso}" title="{when}">{text}</time>',
        iso=at.astimezone(UTC).isoformat(),
        when=f"{moment_text(at)} · {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        text=text,
    )


def _rough(since: timedelta) -> float:
    """Return seconds in the largest unit alone: nobody needs the hours of ten days ago."""
    seconds = since.total_seconds()
    for unit in (86400, 3600, 60):
        if seconds >= unit:
            return seconds // unit * unit
    return seconds
