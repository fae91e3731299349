"""Writes the whole ledger out, for those who audit it elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from workbench.errors import UsageError
from workbench.ledger.canonical import canonical
from workbench.ledger.event import Event
from workbench.ledger.row import instant
from workbench.ledger.store import Ledger

_PAGE = 500
_COLUMNS = tuple(field.name for field in fields(Event))


def export(ledger: Ledger, fmt: str = "jsonl") -> Iterator[str]:
    """Return every event as a line of text, the oldest first, without line ends.

    Who wants to check the chain without this program: an event's `hash` is the SHA-256 of the JSON array
    of its other columns in the order given here, without spaces and in ASCII, with `data` as the JSON
    text that stands in the CSV; `previous` is the hash of the event before it.

    Args:
        ledger: what is exported.
        fmt: `jsonl`, one object a line, or `csv`, with a line of headings.

    Raises:
        UsageError: there is no such format.
    """
    if fmt not in _FORMATS:
        raise UsageError(
            f"An export cannot be written as {fmt!r}.", hint=f"Known: {', '.join(_FORMATS)}.", format=fmt
        )
    return _FORMATS[fmt](ledger)


def _jsonl(ledger: Ledger) -> Iterator[str]:
    for event in _events(ledger):
        yield json.dumps({**_columns(event), "data": event.data})


def _csv(ledger: Ledger) -> Iterator[str]:
    yield _csv_line(_COLUMNS)
    for event in _events(ledger):
        yield _csv_line({**_columns(event), "data": canonical(event.data)}.values())


_FORMATS: dict[str, Callable[[Ledger], Iterator[str]]] = {"jsonl": _jsonl, "csv": _csv}


def _columns(event: Event) -> dict[str, Any]:
    columns = {name: getattr(event, name) for name in _COLUMNS}
    return {**columns, "at": instant(event.at), "recorded_at": instant(event.recorded_at)}


def _csv_line(values: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)  # with its own line end, or it would not quote those within
    return text.getvalue().removesuffix("\r\n")


def _events(ledger: Ledger) -> Iterator[Event]:
    after = 0
    while page := ledger.find(after=after, limit=_PAGE):
        yield from page
        after = page[-1].position
