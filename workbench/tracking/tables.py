"""Reads MLflow's tables: importing MLflow only to look would cost seconds. Nothing is ever written here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

if TYPE_CHECKING:
    from sqlalchemy import Engine

T = TypeVar("T")

Ask = Callable[[str, Mapping[str, str]], Iterable[Any]]
"""Runs a statement with its `:names` filled in, and returns its rows."""

_SQLITE = "sqlite:///"
_DATABASES = frozenset({"postgresql", "mysql", "mssql"})


def read_tables(uri: str, look: Callable[[Ask], T], nothing: T) -> T | None:
    """Return what `look` finds in MLflow's database.

    Where the tables are not as MLflow 3 makes them, nobody guesses.

    Args:
        uri: of the store.
        look: asks.
        nothing: what is returned while there is no store yet.

    Returns:
        None when only MLflow itself can say.
    """
    try:
        if uri.startswith(_SQLITE):
            path = Path(uri.removeprefix(_SQLITE))
            return _sqlite(path, look) if path.exists() else nothing
        if uri.partition(":")[0].partition("+")[0] in _DATABASES:
            return _database(uri, look)
    except Exception:  # noqa: BLE001 - whatever it is, MLflow says it better
        return None
    return None


def _sqlite(path: Path, look: Callable[[Ask], T]) -> T:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)) as connection:
        return look(lambda sql, values: connection.execute(sql, values).fetchall())


def _database(uri: str, look: Callable[[Ask], T]) -> T:
    from sqlalchemy import text

    with _engine(uri).connect() as connection:
        return look(lambda sql, values: connection.execute(text(sql), values).fetchall())


@lru_cache(maxsize=4)
def _engine(uri: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    return create_engine(uri, poolclass=NullPool)  # no connection outlives its question, or a fork
