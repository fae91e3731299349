"""An event in the form that is stored and hashed: integers and text only."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from workbench.errors import IntegrityError
from workbench.ledger.event import Event

_decode = msgspec.json.Decoder().decode

GENESIS = "0" * 64
"""What the first event follows."""


class Row(NamedTuple):
    """The columns of the table `events`. Times are ISO text in UTC, `data` is canonical JSON text."""

    position: int
    stream: str
    version: int
    kind: str
    subject: str
    key: str
    at: str
    recorded_at: str
    actor: str
    data: str
    previous: str
    hash: str


def digest(row: tuple[Any, ...]) -> str:
    """Return the SHA-256 over the JSON array of all columns but the hash itself."""
    columns = json.dumps(row[:-1], separators=(",", ":"), default=repr)
    return hashlib.sha256(columns.encode("ascii")).hexdigest()


def seal(row: Row) -> Row:
    """Return the row with its hash."""
    return row._replace(hash=digest(row))


def instant(at: datetime) -> str:
    """Return a time as the text that is stored."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def to_event(row: tuple[Any, ...]) -> Event:
    """Return the event that a row holds, which is known to be as it was written."""
    position, stream, version, kind, subject, key, at, recorded_at, actor, data, previous, own = row
    times = datetime.fromisoformat(at), datetime.fromisoformat(recorded_at)
    return Event(position, stream, version, kind, subject, key, *times, actor, _parsed(data), previous, own)


def _parsed(data: str) -> Any:
    """Return what canonical JSON says; a hundred thousand texts are read before a page shows a past."""
    try:
        return _decode(data)
    except msgspec.DecodeError:  # half a surrogate pair, as in the name of a file that is no UTF-8
        return json.loads(data)


def read_event(row: tuple[Any, ...]) -> Event:
    """Return the event that a stored row holds, its bytes compared with its hash before they are parsed.

    Raises:
        IntegrityError: the row was changed after it was written.
    """
    found = digest(row)
    if found != row[-1]:
        raise _changed(row, f"the hash {row[-1]}", f"the hash {found}")
    try:
        return to_event(row)
    except (TypeError, ValueError) as error:
        raise _changed(row, "an event", str(error)) from error


def _changed(row: tuple[Any, ...], expected: str, got: str) -> IntegrityError:
    return IntegrityError(
        f"Event {row[0]} of the ledger was changed after it was written: expected {expected}, got {got}.",
        hint="See what else was changed: workbench audit verify",
        path=f"event {row[0]}",
        expected=expected,
        got=got,
    )
