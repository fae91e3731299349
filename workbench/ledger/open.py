"""Opens what a URL names."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from workbench.clock import Clock
from workbench.errors import ConfigurationError
from workbench.ledger.database import Database
from workbench.ledger.lease import Leases
from workbench.ledger.place import Place, here
from workbench.ledger.sql import SqlLedger
from workbench.ledger.store import Ledger

TIMEOUT = 30.0
"""Seconds to wait for other writers."""


def open_ledger(url: str, clock: Clock, *, timeout: float = TIMEOUT) -> Ledger:
    """Open a ledger, making its tables when they are missing.

    Args:
        url: `sqlite:///PATH`, `sqlite://` (in memory) or `postgresql+psycopg://USER:PASSWORD@HOST/DATABASE`.
        clock: tells project time.
        timeout: seconds to wait for other writers.

    Raises:
        ConfigurationError: the URL is of no kind that is known.
        StorageError: the database cannot be reached, or is damaged.
    """
    return SqlLedger(_open(url, timeout), clock)


def open_leases(
    url: str, clock: Clock, *, timeout: float = TIMEOUT, place: Callable[[], Place] = here
) -> Leases:
    """Open the leases that stand beside a ledger; see `open_ledger`.

    Args:
        url: the ledger's.
        clock: its monotonic time is what leases live by.
        timeout: seconds to wait for other writers.
        place: tells which process this is.

    Raises:
        ConfigurationError: the URL is of no kind that is known.
        StorageError: the database cannot be reached, or is damaged.
    """
    return Leases(_open(url, timeout), clock, place)


def _open(url: str, timeout: float) -> Database:
    scheme, _, rest = url.partition("://")
    if scheme in ("sqlite", "sqlite+pysqlite") and (not rest or rest.startswith("/")) and "?" not in rest:
        from workbench.ledger.sqlite import MEMORY, SqliteDatabase

        return SqliteDatabase(unquote(rest[1:]) or MEMORY, timeout)
    if scheme in ("postgresql", "postgresql+psycopg"):
        from workbench.ledger.postgres import PostgresDatabase

        return PostgresDatabase(f"postgresql+psycopg://{rest}", timeout)
    raise ConfigurationError(
        f"The ledger cannot be kept at {url!r}.",
        hint="Write sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE "
        "as [stores] ledger in workbench.toml.",
        file="workbench.toml",
        key="stores.ledger",
    )
