"""A ledger in a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.clock import Clock
from workbench.ledger.actor import local_actor
from workbench.ledger.chain import verify_chain
from workbench.ledger.compose import draft
from workbench.ledger.database import Database, Execute, Turn
from workbench.ledger.event import Append, Event, Head, Verification
from workbench.ledger.row import GENESIS, Row, read_event, to_event

_COLUMNS = ", ".join(Row._fields)
_SELECT = f"SELECT {_COLUMNS} FROM events"  # noqa: S608  our own columns
_NAMES = ", ".join(f":{name}" for name in Row._fields)
INSERT = f"INSERT INTO events ({_COLUMNS}) VALUES ({_NAMES})"  # noqa: S608  our own columns
_HEAD = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1"
_VERSION = "SELECT coalesce(max(version), 0) FROM events WHERE stream = :stream"
_READ = f"{_SELECT} WHERE stream = :stream AND version > :after ORDER BY version"
_FIRST = f"{_SELECT} ORDER BY position LIMIT :limit"
_NEXT = f"{_SELECT} WHERE position > :after ORDER BY position LIMIT :limit"
_BATCH = 1000
_LAST_CHARACTER = "\U0010ffff"


class SqlLedger:
    """Keeps events in the table `events`. See `Ledger` for what each method promises.

    Args:
        database: where the table is.
        clock: tells project time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def append(self, *appends: Append, actor: str | None = None) -> tuple[Event, ...]:
        """Write events, all or none."""
        written = draft(appends, local_actor() if actor is None else actor)
        with self._database.write(Turn.EVENTS) as execute:
            rows = written.rows(
                _head(execute),
                lambda stream: _version(execute, stream),
                at=self._clock.now(),
                recorded_at=datetime.now(UTC),
            )
            if rows:
                execute(INSERT, *(row._asdict() for row in rows))
        return tuple(map(to_event, rows))

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """Return a stream's events."""
        with self._database.read() as execute:
            rows = execute(_READ, {"stream": stream, "after": after})
        return list(map(read_event, rows))

    def version(self, stream: str) -> int:
        """Return the version of the last event in a stream."""
        with self._database.read() as execute:
            return _version(execute, stream)

    def find(
        self,
        *,
        kinds: Sequence[str] = (),
        subject: str | None = None,
        key: str | None = None,
        stream_prefix: str | None = None,
        after: int = 0,
        before: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[Event]:
        """Return the events that meet every condition given."""
        where, values = _where(
            kinds,
            ("subject = :subject", subject),
            ("key = :key", key),
            ("stream >= :prefix", stream_prefix),
            ("stream < :prefix_end", None if stream_prefix is None else stream_prefix + _LAST_CHARACTER),
            ("position > :after", after or None),
            ("position < :before", before),
        )
        order = " ORDER BY position" + (" DESC" if newest_first else "")
        if limit is not None:
            order += " LIMIT :limit"
            values["limit"] = limit
        with self._database.read() as execute:
            rows = execute(_SELECT + where + order, values)
        return list(map(read_event, rows))

    def head(self) -> Head:
        """Return the place and the hash of the last event."""
        with self._database.read() as execute:
            return _head(execute)

    def verify(self, *anchors: Head | tuple[int, str]) -> Verification:
        """Recompute the chain, in batches."""
        return verify_chain(self._stored(), anchors)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _stored(self) -> Iterator[tuple[Any, ...]]:
        with self._database.read() as execute:
            rows = execute(_FIRST, {"limit": _BATCH})  # a row that was put in may stand at any position
        while rows:
            yield from rows
            with self._database.read() as execute:
                rows = execute(_NEXT, {"after": rows[-1][0], "limit": _BATCH})


def _where(kinds: Sequence[str], *conditions: tuple[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause of the conditions that have a value, and their values by name."""
    values: dict[str, Any] = {f"kind{index}": kind for index, kind in enumerate(kinds)}
    clauses = [f"kind IN ({', '.join(f':{name}' for name in values)})"] if values else []
    for condition, value in conditions:
        if value is not None:
            clauses.append(condition)
            values[condition.rpartition(":")[2]] = value
    return (f" WHERE {' AND '.join(clauses)}" if clauses else ""), values


def _head(execute: Execute) -> Head:
    found = execute(_HEAD)
    return Head(*found[0]) if found else Head(0, GENESIS)


def _version(execute: Execute, stream: str) -> int:
    return int(execute(_VERSION, {"stream": stream})[0][0])
