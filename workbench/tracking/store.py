"""Opens MLflow's store: once migrated, whoever comes first, and without a word on the terminal."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import TrackingError

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

QUIET = {"DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
_SQLITE = "sqlite:///"
_SCHEMA_LOGGERS = ("mlflow.store.db.utils", "alembic.runtime.migration")
_REFUSAL_LOGGERS = ("mlflow.store.db.utils", "stamina")  # tell again, by traceback, what we say in words
_ASIDES = ("(raised as a result", "[SQL:", "[parameters:", "(Background on")
_opening = threading.Lock()


def open_client(tracking_uri: str, artifacts_uri: str) -> MlflowClient:
    """Return a client for a store whose schema is in place; telemetry is off from here on.

    The first use of an empty database takes about a second of migrations. They run under a lock file
    beside an SQLite database, so that several processes may come first at once.

    Raises:
        TrackingError: the store cannot be reached, read, or has another MLflow's schema.
    """
    os.environ.update(QUIET)
    from mlflow.tracking import MlflowClient

    for name in _REFUSAL_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with _opening, _locked(tracking_uri), _schema_changes_unsaid():
        try:
            if not _is_there(tracking_uri) and tracking_uri.partition(":")[0].partition("+")[0] in {
                "sqlite",
                "postgresql",
                "mysql",
                "mssql",
            }:
                _migrate(tracking_uri, artifacts_uri)
            return MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
        except Exception as error:
            raise TrackingError(
                f"MLflow's store {_without_password(tracking_uri)} cannot be opened: {essence(error)}",
                hint="Check [stores] tracking in workbench.toml, or move a damaged store away: "
                "the ledger holds everything that decides, MLflow only shows it.",
                uri=_without_password(tracking_uri),
            ) from error


def essence(error: Exception) -> str:
    """Return the one line of a store's error that says what is wrong."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith(_ASIDES)]
    return lines[0] if lines else type(error).__name__


def _is_there(tracking_uri: str) -> bool:
    """Whether the store is a file that holds something; its schema is checked whenever it is opened."""
    database = Path(tracking_uri.removeprefix(_SQLITE))
    return tracking_uri.startswith(_SQLITE) and database.exists() and database.stat().st_size > 0


def _migrate(tracking_uri: str, artifacts_uri: str) -> None:
    """Create what is missing; MLflow's own default experiment gets our place for artifacts, too."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    SqlAlchemyStore(tracking_uri, artifacts_uri)


@contextlib.contextmanager
def _locked(tracking_uri: str) -> Iterator[None]:
    if not tracking_uri.startswith(_SQLITE):
        yield
        return
    database = Path(tracking_uri.removeprefix(_SQLITE))
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = database.with_name(f"{database.name}.lock").open("w")
    except OSError as error:
        raise TrackingError(
            f"MLflow's store cannot be kept in {database.parent}: {error.strerror or error}.",
            hint="Check [stores] tracking in workbench.toml and who may write there.",
            uri=tracking_uri,
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the file, whatever happens to this process
        yield


@contextlib.contextmanager
def _schema_changes_unsaid() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _SCHEMA_LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(max(logger.level, logging.WARNING))
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _without_password(uri: str) -> str:
    scheme, separator, rest = uri.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
