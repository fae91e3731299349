"""Rows of the log as frames: from its tables and from what is not in them yet, each row once.

The spool is looked at first and the tables after it. What vanished from the spool in between is in the
tables; what is in both is known by the tables' own note of the segments that they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.serving.log import features, tables
from workbench.serving.log.collect import Content, waiting
from workbench.serving.log.delta_log import DATE, load
from workbench.serving.log.place import LogPlace
from workbench.serving.log.segment import Name

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from deltalake import DeltaTable


def predictions(
    place: LogPlace,
    model: str,
    days: tuple[date, date],
    keep: pl.Expr,
    *,
    columns: Sequence[str] | None = None,
    contents: Iterable[Content] | None = None,
) -> pl.DataFrame:
    """Return a model's rows of some days, those that `keep` holds for.

    Args:
        place: where the log lies.
        model: its name.
        days: the first and the last.
        keep: a condition on the columns of the log, without `features`.
        columns: of the model; None: all that were logged.
        contents: what the spool holds, where it was looked at already.

    Raises:
        UnknownNameError: no version logged a column of this name.
    """
    import polars as pl

    spooled = [
        (each.name, [_from_arrow(tables.fitted(one, ())[0]).filter(keep) for one in made])
        for each in (waiting(place.spool) if contents is None else contents)
        if (made := tables.prediction_tables(each.predictions.get(model, [])))
    ]
    table = load(place.predictions(model))
    lazy = [part.lazy() for part in _new(spooled, table) if part.height]
    if table is not None:
        lazy.append(_scan(table, days).filter(keep))
    known: dict[str, None] = {}
    read = [_flat(part, columns, known) for part in lazy]
    for name in columns or ():
        if known and name not in known:
            raise UnknownNameError(f"column in the prediction log of {model!r}", name, known)
    base = pl.DataFrame(schema=pl.from_arrow(tables.prediction_schema().empty_table()).schema)  # type: ignore[union-attr]
    whole = pl.concat([base, *(part.collect() for part in read)], how="diagonal_relaxed")
    return _packed(whole, base.columns, list(known) if columns is None else list(columns))


def labels(place: LogPlace, model: str, since: date, until: date | None = None) -> pl.DataFrame:
    """Return the labels of a model that were accepted on a day or later; until another, if it is given."""
    import polars as pl

    lately = _days(pl.col("received_at").dt.date(), since, until)
    spooled = [
        (each.name, [_from_arrow(tables.label_table(each.labels[model])).filter(lately)])
        for each in waiting(place.spool)
        if model in each.labels
    ]
    table = load(place.labels(model))
    found = [_from_arrow(tables.label_table([])), *_new(spooled, table)]
    if table is not None:
        scanned = pl.scan_delta(table).filter(_days(pl.col(DATE), since, until))
        found.append(scanned.select(found[0].columns).collect())
    return pl.concat(found)


def _days(day: pl.Expr, since: date, until: date | None) -> pl.Expr:
    return day >= since if until is None else day.is_between(since, until)


def _scan(table: DeltaTable, days: tuple[date, date]) -> pl.LazyFrame:
    import polars as pl

    return pl.scan_delta(table).filter(pl.col(DATE).is_between(*days)).drop(DATE)


def _new(
    spooled: Sequence[tuple[Name, list[pl.DataFrame]]], table: DeltaTable | None
) -> Iterator[pl.DataFrame]:
    """Yield the rows of the segments that a table does not hold."""
    taken: dict[str, int] = {}
    for name, parts in spooled:
        if table is not None and name.spool not in taken:
            taken[name.spool] = table.transaction_version(name.spool) or 0
        if name.number > taken.get(name.spool, 0):
            yield from parts


def _flat(part: pl.LazyFrame, columns: Sequence[str] | None, known: dict[str, None]) -> pl.LazyFrame:
    """Return a part with its features as columns of their own, behind a mark that no other name has."""
    schema = part.collect_schema()
    if "features" not in schema:
        return part
    struct: Any = schema["features"]
    known |= dict.fromkeys(features.name_of(field.name) for field in struct.fields)
    found = features.expressions(struct, columns)
    return part.with_columns(**{_MARK + name: value for name, value in found.items()}).drop("features")


_MARK = "\0"


def _packed(frame: pl.DataFrame, base: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
    import polars as pl

    own = [
        (pl.col(_MARK + name) if _MARK + name in frame.columns else pl.lit(None)).alias(name)
        for name in names
    ]
    chosen: list[Any] = [pl.col(name) for name in base]
    if own:
        chosen.append(pl.struct(own).alias("features"))
    return frame.select(chosen).sort("prediction_id", "arm", "version")


def _from_arrow(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    made = pl.from_arrow(table)
    assert isinstance(made, pl.DataFrame)
    return made
