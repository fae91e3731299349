"""What the ledger and the leases ask of a database: plain SQL, in a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any, Protocol


class Turn(Enum):
    """What a writer waits its turn for; the value is the number of PostgreSQL's advisory lock."""

    SCHEMA = 0x_576F_726B_0000
    EVENTS = 0x_576F_726B_0001
    LEASES = 0x_576F_726B_0002


class Execute(Protocol):
    """Runs a statement and returns its rows."""

    def __call__(self, sql: str, /, *values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run `sql` with its `:names` filled in; once for each of several values."""


class Database(Protocol):
    """A place for tables. May be used from several threads."""

    def read(self) -> AbstractContextManager[Execute]:
        """Ask questions; each sees what was committed before it."""

    def write(self, turn: Turn, /) -> AbstractContextManager[Execute]:
        """Read and change in one transaction, alone among those who wait for the same turn.

        It is committed at the end, or undone when an exception leaves it.

        Raises:
            StorageError: the database cannot be reached, read or written, or the turn did not come.
        """

    def close(self) -> None:
        """Let go of the database."""
