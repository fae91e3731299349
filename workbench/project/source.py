"""`[sources.NAME]`: tables that are made elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.project.field import PositiveDuration, Text
from workbench.project.table import NamedTable


class SourceConfig(NamedTable):
    """`[sources.NAME]`: a table that is made elsewhere, read by stages under its name.

    Attributes:
        uri: a path or URL of files, or a database's SQLAlchemy URL; `secret:NAME` in it stands for a secret.
        format: of files; left out, their ending says it.
        query, table: what to read from a database; one of the two makes the source one.
        watermark: a query whose answer changes whenever the database's rows do.
        options: how files are parsed, such as `delimiter` or `sheet`.
        storage: how the place is reached, as its fsspec file system or database driver takes it.
        columns: the types that are expected, by name; any other schema is refused.
        extra_columns: what happens to a column that is not among `columns`.
        fresh: `etag` trusts an unchanged etag, digest or watermark; `always` reads every time.
        timeout: how long to wait for a connection, or for the next bytes.
        retries: how often to try again what failed in passing.
    """

    uri: Text
    format: Literal["csv", "parquet", "json", "excel", "delta"] | None = None
    query: Text | None = None
    table: Text | None = None
    watermark: Text | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    storage: dict[str, Any] = Field(default_factory=dict)
    columns: dict[Text, Text] = Field(default_factory=dict)
    extra_columns: Literal["refuse", "drop"] = "refuse"
    fresh: Literal["etag", "always"] = "etag"
    timeout: PositiveDuration = timedelta(seconds=30)
    retries: Annotated[int, Field(ge=0)] = 3
    description: str = ""

    @property
    def is_database(self) -> bool:
        """Whether it is read with SQL."""
        return self.query is not None or self.table is not None
