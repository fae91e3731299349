"""Tables of SQL databases, through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.frame import to_arrow
from workbench.data.source.credentials import Credentials
from workbench.data.source.trouble import named, trouble
from workbench.project import SourceConfig

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Engine

_PREFIX = "sql:"


class Database:
    """A table, or the answer to a query; only read, in one transaction.

    A table's rows come in the order of its primary key. A query without `ORDER BY` may answer in another
    order each time, which is other content.
    """

    def __init__(self, config: SourceConfig, credentials: Credentials, root: Path) -> None:
        from sqlalchemy import make_url

        self._config = config
        self._url = make_url(credentials.in_uri(config.uri).removeprefix(_PREFIX))
        self._storage = credentials.in_value(config.storage)
        if self._url.get_backend_name() == "sqlite" and self._url.database not in (None, "", ":memory:"):
            path = root / str(self._url.database)
            self._url = self._url.set(database=str(path))
            if not path.is_file():  # SQLite would make an empty one
                source = named(config)
                raise trouble("missing", f"{source} is not there: no file {path}.", source)

    def validator(self) -> Any:
        """Return the answer to the declared watermark query; None without one."""
        from sqlalchemy import text

        if self._config.watermark is None:
            return None
        with self._connected() as connection:
            return [[str(value) for value in row] for row in connection.execute(text(self._config.watermark))]

    def table(self) -> pa.Table:
        """Return all rows."""
        with self._connected() as connection:
            answer = connection.execute(self._statement(connection))
            names = list(answer.keys())
            rows = answer.fetchall()
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        return to_arrow(_table(names, [_column(values) for values in columns], named(self._config)))

    def _statement(self, connection: Connection) -> Any:
        from sqlalchemy import MetaData, Table, select, text

        if self._config.query is not None:
            return text(self._config.query)
        schema, _, name = str(self._config.table).rpartition(".")
        found = Table(name, MetaData(), schema=schema or None, autoload_with=connection)
        return select(found).order_by(*found.primary_key.columns)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = self._engine()
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA query_only = ON")
                yield connection
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        backend, seconds = self._url.get_backend_name(), self._config.timeout.total_seconds()
        usual: dict[str, Any] = {}
        options: dict[str, Any] = {}
        if backend == "postgresql":
            usual["connect_timeout"] = max(1, round(seconds))
            options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        elif backend in ("mysql", "mariadb"):
            usual["connect_timeout"] = max(1, round(seconds))
        elif backend == "sqlite":
            usual["timeout"] = seconds
        arguments = {**usual, **self._storage}
        return create_engine(
            self._url,
            poolclass=NullPool,
            connect_args=arguments,
            execution_options=options,
            hide_parameters=True,
        )


def _table(names: list[str], columns: Sequence[Any], source: str) -> pa.Table:
    import pyarrow as pa

    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise trouble(
            "schema",
            f"{source} answers with two columns named {twice!r}.",
            source,
            hint="Name the columns of the query, or give them names with AS.",
        )
    return pa.table(dict(zip(names, columns, strict=True)))


def _column(values: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    try:
        column = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return _texts(values)
    if isinstance(column.type, pa.BaseExtensionType):  # a UUID
        return _texts(values)
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return column.cast(pa.timestamp(column.type.unit, "UTC"))  # not the zone of the server's session
    return column


def _texts(values: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array([None if value is None else str(value) for value in values], pa.string())
