"""PostgreSQL, through SQLAlchemy and psycopg."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from workbench.errors import ConfigurationError, StorageError
from workbench.ledger.database import Execute, Turn
from workbench.ledger.schema import POSTGRES

_LOCK_NOT_AVAILABLE = "55P03"


class PostgresDatabase:
    """A PostgreSQL database, 14 or later; writers wait for their turn by an advisory lock.

    Args:
        url: `postgresql+psycopg://…`.
        timeout: how many seconds to wait for a connection, and for a turn.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self._timeout = timeout
        self._pid = os.getpid()
        try:
            self._engine = create_engine(
                url,
                isolation_level="READ COMMITTED",  # what is read after the turn came must be new
                pool_pre_ping=True,
                connect_args={"connect_timeout": max(1, round(timeout))},
            )
        except (ArgumentError, ValueError) as error:
            raise ConfigurationError(
                f"The ledger's address cannot be understood: {error}",
                hint="Write postgresql+psycopg://USER:PASSWORD@HOST/DATABASE.",
                file="workbench.toml",
                key="stores.ledger",
            ) from error
        self._store = self._engine.url.render_as_string(hide_password=True)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Execute]:
        """Ask questions."""
        with self._explained(), self._mine().connect() as connection:
            yield _executor(connection)

    @contextmanager
    def write(self, turn: Turn, /) -> Iterator[Execute]:
        """Read and change in one transaction, alone among those who wait for the same turn."""
        with self._explained(), self._mine().begin() as connection:
            wait = f"{max(1, round(self._timeout * 1000))}ms"
            connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": wait})
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": turn.value})
            yield _executor(connection)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _mine(self) -> Engine:
        if self._pid != os.getpid():
            self._engine.dispose(close=False)  # the connections inherited over a fork are the parent's
            self._pid = os.getpid()
        return self._engine

    def _prepare(self) -> None:
        """Make the tables when they are missing."""
        with self.read() as execute:
            found = execute("SELECT to_regclass('lease_sightings') IS NOT NULL")[0][0]
        if not found:
            with self.write(Turn.SCHEMA) as execute:
                for statement in POSTGRES:
                    execute(statement)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                what = f"is locked: another writer kept it for more than {self._timeout:g} s"
                hint = "Find it in pg_stat_activity, end it, and try again. Nothing was written."
            else:
                what = f"failed: {str(cause).strip().partition(chr(10))[0]}"
                hint = "Check that the server runs, and its address under [stores] in workbench.toml."
            raise StorageError(f"The database {self._store} {what}.", hint=hint, store=self._store) from error


def _executor(connection: Connection) -> Execute:
    def execute(sql: str, /, *values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        result = connection.execute(text(sql), list(values) or None)
        return [tuple(row) for row in result] if result.returns_rows else []

    return execute
