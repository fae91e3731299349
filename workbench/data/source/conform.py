"""Holds a table that was read to the columns that are declared for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.frame import plain_table
from workbench.data.schema import type_name
from workbench.data.source.format import types_of
from workbench.data.source.trouble import named, trouble
from workbench.errors import SourceError, nearest
from workbench.project import SourceConfig

if TYPE_CHECKING:
    import pyarrow as pa


def conform(table: pa.Table, config: SourceConfig) -> pa.Table:
    """Return the table with exactly the declared columns and types; as it is when none are declared.

    Raises:
        SourceError: a column is missing, is not declared, or holds what its type cannot.
    """
    import pyarrow as pa

    types = types_of(config)
    table = plain_table(table)
    if not types:
        return table
    missing = [name for name in types if name not in table.column_names]
    extra = [name for name in table.column_names if name not in types]
    if missing:
        raise _changed(config, _missing(missing, extra))
    if extra and config.extra_columns == "refuse":
        hint = 'Declare it, or say extra_columns = "drop" to read without it.'
        raise _changed(config, f"it has the column {extra[0]!r}, which is not declared", hint)
    columns = [_cast(table[name], kind, name, config) for name, kind in types.items()]
    return plain_table(pa.Table.from_arrays(columns, names=list(types)))


def _missing(missing: list[str], extra: list[str]) -> str:
    close = nearest(missing[0], extra)
    instead = f"; it has {close!r} instead" if close else ""
    more = f", nor {len(missing) - 1} others that are declared" if len(missing) > 1 else ""
    return f"it has no column {missing[0]!r}{more}{instead}"


def _cast(column: pa.ChunkedArray, kind: pa.DataType, name: str, config: SourceConfig) -> pa.ChunkedArray:
    import pyarrow as pa

    if column.type.equals(kind):
        return column
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        got, wanted = type_name(column.type), type_name(kind)
        raise _changed(
            config, f"column {name!r} is {got}, expected {wanted}: {str(error).splitlines()[0].rstrip('.')}"
        ) from None


def _changed(config: SourceConfig, what: str, hint: str = "") -> SourceError:
    source = named(config)
    return trouble("schema", f"{source} has another schema than declared: {what}.", source, hint=hint)
