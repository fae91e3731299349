"""Parquet files: a table in the types that Delta Lake stores, and back in its own."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, BinaryIO

from workbench.data.schema import stored_type
from workbench.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEMA = b"workbench.schema"


def write_parquet(table: pa.Table, stream: BinaryIO) -> None:
    """Write a table in types that every Delta reader knows; its own types travel in the file's metadata.

    Raises:
        UsageError: a name is empty or not unique, a type unknown to Delta Lake, or a time too fine for it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_names(table.column_names)
    columns = [_converted(f.name, c) for f, c in zip(table.schema, table.columns, strict=True)]
    storage = pa.Table.from_arrays(columns, names=table.column_names)
    own = base64.b64encode(table.schema.serialize().to_pybytes())
    with pq.ParquetWriter(stream, storage.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(storage)
        writer.add_key_value_metadata({_SCHEMA: own})


def read_parquet(stream: BinaryIO, columns: list[str]) -> pa.Table:
    """Return these columns of a file in the types that they were saved with."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.ParquetFile(stream).read(columns).select(columns)
    written = (table.schema.metadata or {}).get(_SCHEMA)
    if written is None:
        return table.replace_schema_metadata(None)
    own = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(written)))
    fields = [own.field(name) for name in columns]
    arrays = [_restore(table[field.name], field.type) for field in fields]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _restore(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    import pyarrow as pa

    if pa.types.is_null(kind):
        return pa.chunked_array([pa.nulls(len(column))])
    return column if column.type.equals(kind) else column.cast(kind)


def _converted(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    try:
        return column.cast(stored_type(column.type))
    except UsageError as error:
        raise UsageError(f"Column {name!r}: {error.message}", hint=error.hint) from error
    except pa.ArrowInvalid as error:
        raise UsageError(
            f"Column {name!r} of type {column.type} does not fit into a dataset: {error}.",
            hint="Delta Lake keeps times to the microsecond: round them first, "
            "for example with .dt.floor('us') or .dt.cast_time_unit('us').",
        ) from error


def _check_names(names: list[str]) -> None:
    if not names:
        raise UsageError("A dataset needs at least one column, but the table has none.", hint="Add one.")
    seen: dict[str, str] = {}
    for name in names:
        if not name.strip():
            raise UsageError(f"A column has the empty name {name!r}.", hint="Rename it before saving.")
        other = seen.get(name.casefold())
        if other is not None:
            raise UsageError(
                f"The columns {other!r} and {name!r} have the same name for Delta Lake, which ignores case.",
                hint="Rename or drop one of them before saving.",
            )
        seen[name.casefold()] = name
