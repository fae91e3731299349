"""The columns of a table as drift is measured in them: numbers, names, or neither."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

FALSE, TRUE = "false", "true"
_TIMES = "it holds times, which only ever move on"


@dataclass(frozen=True)
class Numbers:
    """A numeric column.

    Attributes:
        values: shape (rows,); NaN where missing, and where infinite.
        dtype: NumPy's name of the type that the numbers came in.
    """

    values: NDArray[np.float64]
    dtype: str = "float64"

    @property
    def rows(self) -> int:
        """How many rows there are, missing values among them."""
        return len(self.values)


@dataclass(frozen=True)
class Names:
    """A column of names, texts or truth values.

    Attributes:
        codes: shape (rows,); the place of each row's name in `names`, -1 where missing.
        names: every name once.
    """

    codes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows there are, missing values among them."""
        return len(self.codes)


@dataclass(frozen=True)
class Unreadable:
    """A column in which drift is not measured, and why not."""

    why: str
    rows: int = 0


Column = Numbers | Names | Unreadable


def read_columns(table: Any, wanted: Iterable[str] | None = None) -> dict[str, Column]:
    """Return the columns of a table; those that are wanted and not there are left out.

    Args:
        table: pandas, Polars, Arrow, DuckDB, a list of dicts, or arrays and columns by name.
        wanted: only these; None: all.

    Raises:
        UsageError: it is no table.
    """
    parts = _parts(table)
    names = list(parts) if wanted is None else [name for name in wanted if name in parts]
    return {name: read_column(parts[name]) for name in names}


def read_column(values: Any) -> Column:
    """Return one column of pandas, Polars or Arrow, an array or a list."""
    import numpy as np

    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "fiu":
        return _numbers(np.asarray(values), dtype.name)
    try:
        return _from_arrow(_arrow(values))
    except UnreadableError as error:
        return Unreadable(str(error), len(values))


def as_names(numbers: Numbers, like: Sequence[str]) -> Names:
    """Return numbers as the names that they stand for: `3`, `2.5`; 0 and 1 as truth values among such."""
    import numpy as np

    present = ~np.isnan(numbers.values)
    distinct, inverse = np.unique(numbers.values[present], return_inverse=True)
    truth = {0.0: FALSE, 1.0: TRUE} if like and set(like) <= {FALSE, TRUE} else {}
    names = [
        truth.get(value, f"{value:.0f}" if value.is_integer() else repr(value)) for value in distinct.tolist()
    ]
    codes = np.full(numbers.rows, -1, dtype=np.int64)
    codes[present] = inverse
    return Names(codes, tuple(names))


def as_numbers(names: Names) -> Numbers | None:
    """Return truth values as 0 and 1; None when the names are others."""
    import numpy as np

    if not set(names.names) <= {FALSE, TRUE}:
        return None
    meant = np.array([*(float(name == TRUE) for name in names.names), np.nan])
    return Numbers(meant[names.codes], "int64")


class UnreadableError(Exception):
    """Says why drift is not measured in a column."""


def _parts(table: Any) -> Mapping[str, Any]:
    if isinstance(table, Mapping):
        return table
    if type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns"):
        return {str(name): table.iloc[:, place] for place, name in enumerate(table.columns)}
    from workbench.data.frame import to_arrow

    arrow = to_arrow(table)
    return dict(zip(arrow.column_names, arrow.columns, strict=True))


def _arrow(values: Any) -> pa.Array | pa.ChunkedArray:
    import pyarrow as pa

    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if type(values).__module__.partition(".")[0] == "polars":
        return values.to_arrow()
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([None if _missing(value) else str(value) for value in values], pa.string())


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _from_arrow(column: pa.Array | pa.ChunkedArray) -> Column:
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    kind, test = column.type, pa.types
    if test.is_dictionary(kind):
        return _coded(column)
    if test.is_integer(kind) or test.is_floating(kind) or test.is_decimal(kind):
        dtype = "float64" if test.is_decimal(kind) else str(kind.to_pandas_dtype()().dtype)
        return _numbers(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype)
    if test.is_boolean(kind):
        column, kind = pc.cast(column, pa.string()), pa.string()
    if test.is_null(kind):
        column, kind = pc.cast(column, pa.string()), pa.string()
    if test.is_string(kind) or test.is_large_string(kind) or test.is_string_view(kind):
        return _coded(pc.cast(column, pa.large_string()).dictionary_encode())
    raise UnreadableError(
        _TIMES if test.is_temporal(kind) else f"drift is not measured in values of type {kind}"
    )


def _numbers(values: NDArray[Any], dtype: str) -> Numbers:
    import numpy as np

    found = values.astype(np.float64)  # a copy, also of floats: it is written into
    found[~np.isfinite(found)] = np.nan
    return Numbers(found, dtype)


def _coded(column: pa.DictionaryArray) -> Names:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.fill_null(pc.cast(column.indices, pa.int64()), -1).to_numpy(zero_copy_only=False)
    words = column.dictionary
    if pa.types.is_string(words.type) or pa.types.is_large_string(words.type):
        return Names(np.asarray(codes), tuple(words.to_pylist()))
    meant = read_column(words)
    if isinstance(meant, Unreadable):
        raise UnreadableError(meant.why)
    inner = as_names(meant, ()) if isinstance(meant, Numbers) else meant
    return Names(np.append(inner.codes, -1)[codes], inner.names)
