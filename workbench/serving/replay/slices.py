"""Where two versions disagree: the compared rows by the values of some columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.serving.replay.compare import CHANGED, DIFFERENCE
from workbench.serving.replay.report import Slice

if TYPE_CHECKING:
    import polars as pl

OWN = ("version", "arm", "caller")
"""What each row of the log has besides the model's columns."""
_MOST_VALUES = 50  # of a column that is sliced without being asked for
_AS_THEY_ARE = 12  # numbers that are told one by one; more become ranges
_MISSING = "missing"
_ROWS = "rows"


def slices(compared: pl.DataFrame, by: Sequence[str]) -> Iterator[Slice]:
    """Yield the slices of each column, within one those first that disagree most.

    Args:
        compared: of `compare`.
        by: columns of the model, or of `OWN`.

    Raises:
        UnknownNameError: there is no such column in the log.
    """
    import polars as pl

    known = columns_of(compared)
    for name in by:
        if name not in (*known, *OWN):
            raise UnknownNameError("column in the prediction log", name, (*known, *OWN))
    for name in by:
        values = compared["features"].struct.field(name) if name in known else compared[name]
        keyed = compared.select(_key(values).alias("value"), DIFFERENCE, CHANGED)
        found = keyed.group_by("value").agg(
            pl.len().alias(_ROWS),
            pl.col(DIFFERENCE).mean().alias("mean"),
            pl.col(DIFFERENCE).max().alias("maximum"),
            pl.when(pl.col(CHANGED).count() > 0).then(pl.col(CHANGED).sum()).alias(CHANGED),
        )
        worst = (pl.col(CHANGED) / pl.col(_ROWS)).fill_null(0.0)
        order = found.sort([worst, pl.col("mean").fill_null(0.0), "value"], descending=[True, True, False])
        yield from (Slice(name, **row) for row in order.iter_rows(named=True))


def columns_of(frame: pl.DataFrame) -> list[str]:
    """Return the model's columns that a log holds."""
    if "features" not in frame.columns:
        return []
    struct: Any = frame.schema["features"]
    return [field.name for field in struct.fields]


def worth_slicing(frame: pl.DataFrame) -> list[str]:
    """Return the columns that hold a few names of things."""
    import polars as pl

    found = []
    for name in columns_of(frame):
        values = frame["features"].struct.field(name)
        if values.dtype in (pl.String, pl.Boolean) and 2 <= values.n_unique() <= _MOST_VALUES:
            found.append(name)
    return found


def _key(values: pl.Series) -> pl.Series:
    """Return what the rows are put together by, as text: many numbers by quarters of the rows."""
    import polars as pl

    if not (values.dtype.is_numeric() and values.n_unique() > _AS_THEY_ARE):
        return values.cast(pl.String).fill_null(_MISSING)
    edges = sorted({_rounded(values.quantile(part)) for part in (0.25, 0.5, 0.75)})
    between = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    names = [f"up to {edges[0]:g}", *between, f"above {edges[-1]:g}"]
    told = [_MISSING if each is None else names[bisect_left(edges, each)] for each in values]
    return pl.Series(told, dtype=pl.String)


def _rounded(number: float | None) -> float:
    return float(f"{number or 0.0:.4g}")
