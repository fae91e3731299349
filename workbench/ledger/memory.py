"""A ledger that lives as long as its process, for tests and trials."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from workbench.clock import Clock
from workbench.ledger.actor import local_actor
from workbench.ledger.chain import verify_chain
from workbench.ledger.compose import draft
from workbench.ledger.event import Append, Event, Head, Verification
from workbench.ledger.row import GENESIS, Row, read_event, to_event


class MemoryLedger:
    """Keeps rows in a list. See `Ledger` for what each method promises.

    Args:
        clock: tells project time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._rows: list[Row] = []

    def append(self, *appends: Append, actor: str | None = None) -> tuple[Event, ...]:
        """Write events, all or none."""
        written = draft(appends, local_actor() if actor is None else actor)
        with self._lock:
            rows = written.rows(
                self.head(), self.version, at=self._clock.now(), recorded_at=datetime.now(UTC)
            )
            self._rows += rows
        return tuple(map(to_event, rows))

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """Return a stream's events."""
        with self._lock:
            return [read_event(row) for row in self._rows if row.stream == stream and row.version > after]

    def version(self, stream: str) -> int:
        """Return the version of the last event in a stream."""
        with self._lock:
            return max((row.version for row in self._rows if row.stream == stream), default=0)

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

        def fits(row: Row) -> bool:
            return (
                (not kinds or row.kind in kinds)
                and (subject is None or row.subject == subject)
                and (key is None or row.key == key)
                and (stream_prefix is None or row.stream.startswith(stream_prefix))
                and row.position > after
                and (before is None or row.position < before)
            )

        with self._lock:
            found = [row for row in self._rows if fits(row)]
        return [read_event(row) for row in (found[::-1] if newest_first else found)[:limit]]

    def head(self) -> Head:
        """Return the place and the hash of the last event."""
        with self._lock:
            return Head(self._rows[-1].position, self._rows[-1].hash) if self._rows else Head(0, GENESIS)

    def verify(self, *anchors: Head | tuple[int, str]) -> Verification:
        """Recompute the chain."""
        return verify_chain(self._stored(), anchors)

    def close(self) -> None:
        """Do nothing; what was written can still be read."""

    def _stored(self) -> Iterator[Row]:
        with self._lock:
            yield from list(self._rows)
