"""SQLite, by the standard library's own driver.

Everything here stands on the way to every command, and importing SQLAlchemy costs more than all of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.errors import StorageError
from workbench.ledger.database import Execute, Turn
from workbench.ledger.schema import SCHEMA, SQLITE

MEMORY = ":memory:"
_NO_TEXT = "Could not decode to UTF-8"


class SqliteDatabase:
    """One file with one connection, which the threads of a process take in turn.

    It keeps the rollback journal: SQLite before 3.51.3 can corrupt a database in WAL mode under two
    writers, and a file that a newer SQLite had put into WAL mode would stay so for an older one.

    Args:
        path: the file, made with its folder when missing; `:memory:` for none.
        timeout: how many seconds to wait for other processes.
    """

    def __init__(self, path: str, timeout: float) -> None:
        self._path = path
        self._timeout = timeout
        self._inherited: list[sqlite3.Connection] = []
        self._closed = False
        with self._explained():
            self._open()

    @contextmanager
    def read(self) -> Iterator[Execute]:
        """Ask questions."""
        with self._explained(), self._mine() as connection:
            yield _executor(connection)

    @contextmanager
    def write(self, _: Turn, /) -> Iterator[Execute]:
        """Read and change in one transaction; all writers of the file wait for one another."""
        with self._explained(), self._mine() as connection, _transaction(connection):
            yield _executor(connection)

    def close(self) -> None:
        """Close the connection."""
        if not self._closed:
            with self._mine() as connection:
                self._closed = True
                connection.close()

    @contextmanager
    def _mine(self) -> Iterator[sqlite3.Connection]:
        if self._pid != os.getpid():
            # Closing what was inherited over a fork could undo the parent's open transaction.
            self._inherited.append(self._connection)
            self._open()
        with self._lock:
            if self._closed:
                raise StorageError(
                    f"The database {self._path} was closed.", hint="Open it again.", store=self._path
                )
            yield self._connection

    def _open(self) -> None:
        if self._path != MEMORY:
            _make_folder(self._path)
        connection = sqlite3.connect(
            self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
            _prepare(connection, self._path)
        except BaseException:
            connection.close()
            raise
        self._connection, self._lock, self._pid = connection, threading.Lock(), os.getpid()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            message, hint = _words(error, self._path, self._timeout)
            raise StorageError(message, hint=hint, store=self._path) from error


def _make_folder(path: str) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder of the database {path} cannot be made: {error.strerror}.",
            hint="Make it, or name another place under [stores] in workbench.toml.",
            store=path,
        ) from error


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    """Make the tables when they are missing."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA:
        raise StorageError(
            f"The database {path} has version {found} of the tables, but this workbench knows {SCHEMA}.",
            hint="Install the newer workbench that made it.",
            store=path,
        )
    if found < SCHEMA:
        with _transaction(connection):
            for statement in SQLITE:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _executor(connection: sqlite3.Connection) -> Execute:
    def execute(sql: str, /, *values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        if len(values) > 1:
            connection.executemany(sql, values)
            return []
        try:
            return connection.execute(sql, *values).fetchall()
        except sqlite3.OperationalError as error:
            if not str(error).startswith(_NO_TEXT):
                raise
            with _any_text(connection):
                return connection.execute(sql, *values).fetchall()

    return execute


@contextmanager
def _any_text(connection: sqlite3.Connection) -> Iterator[None]:
    """Read also what is no UTF-8: only then can the row be named whose bytes somebody changed."""
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


def _words(error: sqlite3.Error, path: str, timeout: float) -> tuple[str, str]:
    """Return what went wrong, and what to do about it."""
    told = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        message = f"The database {path} is locked: another process kept it for more than {timeout:g} s."
        return message, f"Find that process (fuser {path}), end it, and try again. Nothing was written."
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        message = f"The database {path} is damaged, or is no SQLite database: {told}."
        return message, "Restore it from a copy, or move it away to begin with an empty ledger."
    if code == sqlite3.SQLITE_FULL:
        return f"The disk that holds {path} is full. Nothing was written.", "Free some space and try again."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        message = f"The database {path} cannot be opened for writing: {told}."
        return message, "Check that the file and its folder belong to you and are writable."
    return f"The database {path} failed: {told}.", "Nothing was written; try again."
