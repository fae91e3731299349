"""A column in a few numbers and a small histogram, worked out by DuckDB without taking the rows out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["numbers", "times", "names", "other"]
BARS, NAMES = 20, 12
_TAIL = 0.005  # of the rows at either end that lie in the outermost bars, however far out
_NUMBERS = ("int", "uint", "float", "double", "decimal", "half")
_TIMES = ("date", "timestamp")
_NAMES = ("string", "text", "bool", "large_string", "dictionary")


@dataclass(frozen=True)
class Bins:
    """Where a column's rows are counted: between two ends, or by name.

    Attributes:
        low, high: of numbers and times (seconds since 1970); what lies farther out is in the outermost bar.
        names: of names, the most frequent ones; what has another one is counted last.
    """

    low: float = 0.0
    high: float = 0.0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnSketch:
    """A column.

    Attributes:
        missing: the share of rows without a value, NaN among them.
        distinct: about how many different values there are; None where that is not counted.
        minimum, maximum: as numbers or texts; of times in ISO format.
        mean: of numbers; None for others.
        bins: None for a column without rows, or of a kind that has no picture.
        counts: rows of each bar; of names, those of all others come last.
    """

    name: str
    type: str
    kind: Kind
    missing: float = 0.0
    distinct: int | None = None
    minimum: Any = None
    maximum: Any = None
    mean: float | None = None
    bins: Bins | None = None
    counts: tuple[int, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What each bar stands for."""
        if self.bins is None:
            return ()
        if self.kind == "names":
            return (*self.bins.names, "others")
        step = (self.bins.high - self.bins.low) / BARS
        ends = [self.bins.low + step * i for i in range(BARS + 1)]
        words = [_moment(end) if self.kind == "times" else f"{end:.4g}" for end in ends]
        return tuple(f"{first} to {last}" for first, last in itertools.pairwise(words))


def kind_of(type_: str) -> Kind:
    """Return how a column of a type is looked at."""
    if type_.startswith(_NUMBERS):
        return "numbers"
    if type_.startswith(_TIMES):
        return "times"
    return "names" if type_.startswith(_NAMES) else "other"


def sketch(
    connection: DuckDBPyConnection,
    source: str,
    columns: Mapping[str, str],
    like: Mapping[str, Bins] | None = None,
) -> dict[str, ColumnSketch]:
    """Return each column's sketch, in two passes over the source; in one where its bins are given.

    Args:
        connection: to DuckDB.
        source: what stands behind FROM; our own words, never data.
        columns: each one's type, by name.
        like: the bins of columns, where they are known already.
    """
    found = _facts(connection, source, columns)
    bins = {**_own_bins(connection, source, found, like or {}), **(like or {})}
    return _counted(connection, source, found, {n: b for n, b in bins.items() if n in found})


def _facts(
    connection: DuckDBPyConnection, source: str, columns: Mapping[str, str]
) -> dict[str, ColumnSketch]:
    kinds = {name: kind_of(type_) for name, type_ in columns.items()}
    asked = ["count(*)"]
    for name, kind in kinds.items():
        value = _value(name, kind, columns[name])
        asked += [f"count({value})", *_ends(value, kind)]
    rows, *facts = _asked(connection, asked, source)
    made = {}
    for place, (name, kind) in enumerate(kinds.items()):
        present, low, high, mean, distinct = facts[5 * place : 5 * place + 5]
        made[name] = ColumnSketch(
            name=name,
            type=columns[name],
            kind=kind,
            missing=1 - present / rows if rows else 0.0,
            distinct=distinct,
            minimum=_shown(low, kind),
            maximum=_shown(high, kind),
            mean=mean,
        )
    return made


def _own_bins(
    connection: DuckDBPyConnection, source: str, found: Mapping[str, ColumnSketch], like: Mapping[str, Bins]
) -> dict[str, Bins]:
    left = [s for s in found.values() if s.name not in like and s.missing < 1 and s.kind != "other"]
    if not left:
        return {}
    asked = []
    for each in left:
        value = _value(each.name, each.kind, each.type)
        ends = f"approx_quantile({value}, [{_TAIL}, {1 - _TAIL}])"
        asked.append(f"approx_top_k({value}, {NAMES})" if each.kind == "names" else ends)
    row = _asked(connection, asked, source)
    return {
        each.name: Bins(names=tuple(value)) if each.kind == "names" else _between(each, *value)
        for each, value in zip(left, row, strict=True)
        if value
    }


def _counted(
    connection: DuckDBPyConnection,
    source: str,
    found: Mapping[str, ColumnSketch],
    bins: Mapping[str, Bins],
) -> dict[str, ColumnSketch]:
    if not bins:
        return dict(found)
    asked, given = [], []
    for name, each in bins.items():
        place, values = _place(found[name], each)
        asked.append(f"histogram({place})")
        given += values
    row = _asked(connection, asked, source, given)
    made = dict(found)
    for (name, each), counts in zip(bins.items(), row, strict=True):
        bars = len(each.names) + 1 if found[name].kind == "names" else BARS
        told = tuple(int((counts or {}).get(bar, 0)) for bar in range(bars))
        made[name] = replace(found[name], bins=each, counts=told)
    return made


def _place(column: ColumnSketch, bins: Bins) -> tuple[str, list[Any]]:
    """Return what tells each row's bar, and the values that it needs."""
    value = _value(column.name, column.kind, column.type)
    if column.kind == "names":
        listed = ", ".join("?" for _ in bins.names)
        other = f"coalesce(list_position([{listed}]::VARCHAR[], {value}), {len(bins.names) + 1})"
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE {other} - 1 END", list(bins.names)
    width = (bins.high - bins.low) / BARS or 1.0
    inside = f"least(greatest(({value} - {bins.low!r}) / {width!r}, 0), {BARS - 1})"
    return f"CAST(floor({inside}) AS INTEGER)", []


def _value(name: str, kind: Kind, type_: str) -> str:
    """Return a column's value as it is counted: missing and NaN as NULL."""
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "names":
        return f"CAST({quoted} AS VARCHAR)"
    if kind == "times":
        return f"epoch({quoted})"
    if kind == "numbers" and type_.startswith(("float", "double", "half")):
        return f"CASE WHEN isfinite({quoted}) THEN CAST({quoted} AS DOUBLE) END"
    return f"CAST({quoted} AS DOUBLE)" if kind == "numbers" else quoted


def _ends(value: str, kind: Kind) -> list[str]:
    if kind == "other":
        return ["NULL", "NULL", "NULL", "NULL"]
    mean = f"avg({value})" if kind == "numbers" else "NULL"
    return [f"min({value})", f"max({value})", mean, f"approx_count_distinct({value})"]


def _between(column: ColumnSketch, low: float, high: float) -> Bins:
    """Return bins between two ends, wide enough for whole numbers to have a bar of their own."""
    if column.kind == "numbers" and column.type.startswith(("int", "uint")) and high - low < BARS:
        return Bins(low - 0.5, low - 0.5 + BARS)
    return Bins(low, high if high > low else low + 1)


def _asked(
    connection: DuckDBPyConnection, asked: Sequence[str], source: str, given: Sequence[Any] = ()
) -> tuple[Any, ...]:
    """Return the one row of an aggregation."""
    sql = f"SELECT {', '.join(asked)} FROM {source}"  # noqa: S608 - our own words and quoted names
    row: tuple[Any, ...] = connection.execute(sql, list(given)).fetchall()[0]
    return row


def _shown(value: Any, kind: Kind) -> Any:
    return _moment(value) if kind == "times" and value is not None else value


def _moment(seconds: float) -> str:
    from datetime import UTC, datetime, timedelta

    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%d" if seconds % 86_400 == 0 else "%Y-%m-%d %H:%M")
