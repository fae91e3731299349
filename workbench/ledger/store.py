"""The ledger's contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workbench.ledger.event import Append, Event, Head, Verification


class Ledger(Protocol):
    """One append-only, hash-chained table of events, in streams.

    May be used from several threads of one process, and by any number of processes at once.
    """

    def append(self, *appends: Append, actor: str | None = None) -> tuple[Event, ...]:
        """Write events to one stream or several, all in one transaction or none.

        Args:
            appends: the events, each stream with the version that the writer knows of.
            actor: who does it; the signed-in user of this machine by default.

        Returns:
            The events as they now stand in the ledger.

        Raises:
            ConflictError: another writer was first in one of the streams; nothing was written.
            StorageError: the store cannot be written.
            TypeError, ValueError: an event holds something that is not plain JSON.
        """

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """Return a stream's events with a version greater than `after`, the oldest first.

        Raises:
            IntegrityError: an event was changed after it was written; so does `find`.
        """

    def version(self, stream: str) -> int:
        """Return the version of the last event in a stream, 0 when it has none."""

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
        """Return the events that meet every condition given, the oldest first unless told otherwise.

        Args:
            kinds: any of these; any at all when empty.
            subject: exactly this one.
            key: exactly this one.
            stream_prefix: how the stream's name begins.
            after: positions greater than this.
            before: positions less than this.
            newest_first: the other way round.
            limit: at most so many.
        """

    def head(self) -> Head:
        """Return the place and the hash of the last event; position 0 in an empty ledger."""

    def verify(self, *anchors: Head | tuple[int, str]) -> Verification:
        """Recompute the chain and name every row that was edited, removed, inserted or moved.

        Args:
            anchors: heads that were kept elsewhere, an `Anchor` where it can be said where. Only with one
                can a cut tail, or a ledger that was rewritten as a whole, be told from an honest one.
        """

    def close(self) -> None:
        """Let go of the store."""
