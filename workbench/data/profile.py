"""What a dataset's columns hold, in a few numbers each."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workbench.data.record import OutputRecord
from workbench.data.schema import type_name

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.data.dataset import Datasets

Value = int | float | bool | str | None


@dataclass(frozen=True)
class ColumnProfile:
    """A column in numbers; None where a number makes no sense for the type.

    Attributes:
        nulls: missing values, NaN among them.
        distinct: different values, the missing ones left out.
        minimum: the least value: a number, or a text as it would be printed.
        maximum: the greatest.
        mean: of numbers; of booleans, the share of true ones.
    """

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int | None
    minimum: Value
    maximum: Value
    mean: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON."""
        return asdict(self)


def describe(record: OutputRecord, datasets: Datasets) -> list[ColumnProfile]:
    """Read a dataset's version, digests checked, and profile its columns in order."""
    table = datasets.read(record, as_="arrow")
    return [profile(name, table[name]) for name in table.column_names]


def profile(name: str, column: pa.ChunkedArray) -> ColumnProfile:
    """Profile one column of plain type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, present = column.type, without_missing(column)
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    counted = numeric or pa.types.is_boolean(kind)
    least, greatest = _ends(present)
    return ColumnProfile(
        name=name,
        type=type_name(kind),
        rows=len(column),
        nulls=len(column) - len(present),
        distinct=_distinct(present),
        minimum=least,
        maximum=greatest,
        mean=_finite(pc.mean(present.cast(pa.float64(), safe=False)).as_py()) if counted else None,
    )


def without_missing(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column's values, nulls and NaNs left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    present = column.drop_null()
    return present.filter(pc.invert(pc.is_nan(present))) if pa.types.is_floating(present.type) else present


def _distinct(present: pa.ChunkedArray) -> int | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(present.type):
        return 0
    try:
        return int(pc.count_distinct(present).as_py())
    except pa.ArrowNotImplementedError:
        return None


def _ends(present: pa.ChunkedArray) -> tuple[Value, Value]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(present.type):
        return None, None
    try:
        ends = pc.min_max(present)
    except pa.ArrowNotImplementedError:
        return None, None
    return _shown(ends["min"]), _shown(ends["max"])


def _shown(scalar: pa.Scalar) -> Value:
    import pyarrow as pa

    if not scalar.is_valid:
        return None
    if pa.types.is_floating(scalar.type):
        return _finite(scalar.as_py())
    if pa.types.is_integer(scalar.type) or pa.types.is_boolean(scalar.type):
        value: Value = scalar.as_py()
        return value
    if pa.types.is_binary(scalar.type) or pa.types.is_fixed_size_binary(scalar.type):
        return str(scalar.as_py().hex())
    return str(scalar.as_py())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
