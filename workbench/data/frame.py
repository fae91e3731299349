"""Tables on their way in and out: whatever frame a person works with, Arrow in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.schema import plain_type
from workbench.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_FRAMEWORKS = ("pandas", "polars", "arrow", "duckdb")
_INDEX_HINT = "Call .reset_index() to keep the index as columns, or .reset_index(drop=True) to drop it."


def to_arrow(table: Any) -> pa.Table:
    """Turn a frame into an Arrow table of plain types (see `plain_type`), its metadata dropped.

    Args:
        table: a pandas or Polars frame, an Arrow table, batch or reader, a DuckDB relation, a list of
            dicts, or anything with `__arrow_c_stream__`.

    Raises:
        UsageError: it is none of these, has an index that would be lost, or values of mixed types.
    """
    import pyarrow as pa

    try:
        return plain_table(_as_arrow(table))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
        raise UsageError(
            f"The table cannot be stored: {'; '.join(str(part) for part in error.args)}.",
            hint="Give each column one type: turn the values of the named one into texts or numbers.",
        ) from error


def from_arrow(table: pa.Table, as_: str = "pandas") -> Any:
    """Turn an Arrow table into the frame asked for.

    pandas types follow from the content alone: integers and booleans are NumPy's, but `Int64`, `boolean`
    and so on where values are missing (a float could not hold them exactly); text is `str`; times keep
    their unit and zone; dates, decimals, lists and structs are Python objects. A frame saved with these
    types is equal when loaded. A categorical comes back as its values, because which rows share a code is
    encoding, not content: use `.astype("category")`, with categories that training and scoring share.

    Args:
        table: what to convert.
        as_: "pandas", "polars", "arrow" or "duckdb".

    Raises:
        UsageError: `as_` is none of these.
    """
    if as_ == "arrow":
        return table
    if as_ == "pandas":
        return _to_pandas(table)
    if as_ == "polars":
        import polars as pl

        return pl.DataFrame(table)
    if as_ == "duckdb":
        import duckdb

        return duckdb.from_arrow(table)
    close = nearest(as_, _FRAMEWORKS)
    raise UsageError(
        f"A dataset can be loaded as {', '.join(map(repr, _FRAMEWORKS))}, but as_ is {as_!r}.",
        hint=f"Did you mean as_={close!r}?" if close else "Load it as one of these and convert it yourself.",
    )


def plain_table(table: pa.Table) -> pa.Table:
    """Return the table with its encodings resolved: same content, plain types, no metadata."""
    import pyarrow as pa

    names, columns = list(table.column_names), []
    for name, column in zip(names, table.columns, strict=True):
        try:
            columns.append(plain_column(column))
        except UsageError as error:
            raise UsageError(f"Column {name!r}: {error.message}", hint=error.hint) from error
    return pa.Table.from_arrays(columns, schema=pa.schema(zip(names, (c.type for c in columns), strict=True)))


def plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column with its encoding resolved; itself when it is plain already."""
    import pyarrow as pa

    kind = plain_type(column.type)
    if kind.equals(column.type):
        return column
    return pa.chunked_array([part for chunk in column.chunks for part in _plain(chunk, kind)], type=kind)


def _plain(chunk: pa.Array, kind: pa.DataType) -> list[pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_run_end_encoded(chunk.type):
        chunk = pc.run_end_decode(chunk)
    if pa.types.is_dictionary(chunk.type):  # pyarrow takes no views out of a dictionary
        chunk = pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(kind))
    try:
        return [chunk.cast(kind)]
    except pa.ArrowInvalid:  # more than 2 GiB of text in one piece: halve it until it fits
        if len(chunk) < 2:
            raise
        middle = len(chunk) // 2
        return _plain(chunk.slice(0, middle), kind) + _plain(chunk.slice(middle), kind)


def _as_arrow(table: Any) -> pa.Table:
    import pyarrow as pa

    origin = type(table).__module__.partition(".")[0]
    if origin == "pandas":
        return _from_pandas(table)
    if origin == "polars":
        table = _from_polars(table)
    if isinstance(table, list) and all(isinstance(row, dict) for row in table):
        names = dict.fromkeys(name for row in table for name in row)
        return pa.table({name: [row.get(name) for row in table] for name in names})
    streams = hasattr(table, "__arrow_c_stream__") or isinstance(table, pa.RecordBatch)
    if streams and type(table).__name__ not in {"Series", "ChunkedArray"}:
        return pa.table(table)
    raise UsageError(
        f"A dataset is a table, but got {type(table).__module__}.{type(table).__qualname__}.",
        hint="Give a pandas or Polars frame (a series: .to_frame()), an Arrow table, a DuckDB relation or a "
        "list of dicts.",
    )


def _from_polars(frame: Any) -> Any:
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, pl.DataFrame):
        return frame
    objects = [name for name, kind in frame.schema.items() if kind == pl.Object]
    if objects:  # Polars would hand out their addresses in memory
        raise UsageError(
            f"Column {objects[0]!r} holds Python objects, which cannot be stored in a dataset.",
            hint="Turn them into numbers, texts, lists or structs before saving.",
        )
    return frame.to_arrow()


def _from_pandas(frame: Any) -> pa.Table:
    import pandas as pd
    import pyarrow as pa

    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"A dataset is a table, but got a pandas {type(frame).__name__}.",
            hint="Call .to_frame() first.",
        )
    index = frame.index
    if index.name is not None or not index.equals(pd.RangeIndex(len(frame))):
        raise UsageError(
            f"The frame has the index {_index(index)}, and a dataset holds columns only.", hint=_INDEX_HINT
        )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise UsageError(
            f"Two columns of the frame are named {twice[0]!r}.",
            hint="Rename one of them, or drop it: frame.loc[:, ~frame.columns.duplicated()]",
        )
    wrong = next((name for name in frame.columns if not isinstance(name, str)), None)
    if wrong is not None:
        raise UsageError(
            f"Column names are texts, but the frame has a column named {wrong!r}.",
            hint="Rename it: frame.columns = [str(name) for name in frame.columns]",
        )
    return pa.Table.from_pandas(frame, preserve_index=False)


def _index(index: pd.Index[Any]) -> str:
    named = ", ".join(repr(name) for name in index.names if name is not None)
    return f"{named} ({type(index).__name__})" if named else f"of type {type(index).__name__}"


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    holed = {
        name: column
        for name, column in zip(table.column_names, table.columns, strict=True)
        if column.null_count and (pa.types.is_integer(column.type) or pa.types.is_boolean(column.type))
    }
    frame: pd.DataFrame = table.drop_columns(list(holed)).to_pandas(ignore_metadata=True)
    if not holed:
        return frame
    columns = {n: _nullable(holed[n]) if n in holed else frame[n] for n in table.column_names}
    return pd.DataFrame(columns, copy=False)


def _nullable(column: pa.ChunkedArray) -> Any:
    import pandas as pd

    kind = str(column.type)
    name = "boolean" if kind == "bool" else kind.replace("ui", "UI") if kind[0] == "u" else kind.capitalize()
    dtype: Any = pd.api.types.pandas_dtype(name)
    return dtype.__from_arrow__(column)
