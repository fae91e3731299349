"""Tables for the tests of data: every type that a dataset can hold, and ways to say the same differently."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from workbench.data import Datasets, OutputRecord, stage_table

_ZONE = pa.timestamp("us", "America/New_York")
_POINT = pa.struct([("x", pa.int64()), ("label", pa.string())])
_TIMES = st.integers(-(10**15), 10**15).map(lambda us: pd.Timestamp(us, unit="us").to_pydatetime())

VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint8(): st.integers(0, 255),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.float32(): st.floats(width=32, allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.string(): st.text(max_size=5),
    pa.binary(): st.binary(max_size=5),
    pa.date32(): st.dates(),
    _ZONE: _TIMES.map(lambda t: t.replace(tzinfo=dt.UTC)),
    pa.timestamp("ms"): _TIMES.map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)),
    pa.duration("us"): st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999)),
    pa.time64("us"): st.times(),
    pa.decimal128(12, 2): st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    pa.list_(pa.string()): st.lists(st.none() | st.text(max_size=2), max_size=3),
    pa.list_(pa.int32(), 2): st.lists(st.integers(-9, 9), min_size=2, max_size=2),
    _POINT: st.fixed_dictionaries(
        {"x": st.none() | st.integers(-9, 9), "label": st.none() | st.text(max_size=2)}
    ),
    pa.map_(pa.string(), pa.int64()): st.lists(
        st.tuples(st.text(max_size=2), st.integers(-9, 9)), max_size=2
    ),
}


def column(kind: pa.DataType, rows: int) -> st.SearchStrategy[pa.Array]:
    """Columns of one type and length, with missing values."""
    values = st.lists(st.none() | VALUES[kind], min_size=rows, max_size=rows)
    return values.map(lambda found: pa.array(found, kind))


@st.composite
def tables(draw: st.DrawFn, min_rows: int = 0) -> pa.Table:
    """Tables of one to four columns of any types, with missing values."""
    rows = draw(st.integers(min_rows, 12))
    names = draw(st.lists(st.text("abcxyzé ._", min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
    names = [name if name.strip() else f"{name}c" for name in names]
    kinds = [draw(st.sampled_from(list(VALUES))) for _ in names]
    unique = {name: draw(column(kind, rows)) for name, kind in zip(names, kinds, strict=True)}
    return pa.table(unique)


def saved(datasets: Datasets, folder: Path, table: Any, name: str = "flights") -> OutputRecord:
    """Stage and commit a table the way a run does."""
    return datasets.commit(stage_table(table, folder, name), folder, {"run": "r1", "stage": "features"})


def every_type() -> pa.Table:
    """A small table with a column of each type that a dataset can hold, missing values included."""
    noon = dt.datetime.fromisoformat("2013-01-01T12:00:00.123456")
    values: dict[str, tuple[pa.DataType, list[Any]]] = {
        "int8": (pa.int8(), [1, None, -3]),
        "int64": (pa.int64(), [2**62 + 1, None, -3]),
        "uint8": (pa.uint8(), [255, None, 0]),
        "uint32": (pa.uint32(), [2**32 - 1, None, 0]),
        "uint64": (pa.uint64(), [2**64 - 1, None, 0]),
        "float16": (pa.float16(), [1.5, None, float("nan")]),
        "float32": (pa.float32(), [1.5, None, float("nan")]),
        "float64": (pa.float64(), [0.1, None, float("inf")]),
        "bool": (pa.bool_(), [True, None, False]),
        "text": (pa.string(), ["", None, "naïve ✈"]),
        "bytes": (pa.binary(), [b"\x00", None, b""]),
        "four bytes": (pa.binary(4), [b"abcd", None, b"efgh"]),
        "date": (pa.date32(), [noon.date(), None, dt.date(1, 1, 1)]),
        "date64": (pa.date64(), [noon.date(), None, dt.date(1970, 1, 1)]),
        "naive": (pa.timestamp("us"), [noon, None, noon]),
        "seconds": (pa.timestamp("s"), [noon.replace(microsecond=0), None, None]),
        "nanoseconds": (pa.timestamp("ns"), [noon, None, noon]),
        "utc": (pa.timestamp("us", "UTC"), [noon.replace(tzinfo=dt.UTC), None, None]),
        "zoned": (_ZONE, [noon.replace(tzinfo=dt.UTC), None, None]),
        "time": (pa.time64("us"), [noon.time(), None, dt.time(0)]),
        "time32": (pa.time32("s"), [dt.time(1, 2, 3), None, dt.time(0)]),
        "duration": (pa.duration("ns"), [dt.timedelta(minutes=15), None, dt.timedelta(-1)]),
        "decimal": (pa.decimal128(12, 2), [Decimal("1.10"), None, Decimal("-0.01")]),
        "list": (pa.list_(pa.string()), [["a", None], None, []]),
        "pair": (pa.list_(pa.float64(), 2), [[1.0, 2.0], None, [3.0, None]]),
        "struct": (_POINT, [{"x": 1, "label": "a"}, None, {"x": None, "label": None}]),
        "map": (pa.map_(pa.string(), pa.int64()), [[("a", 1)], None, []]),
        "nothing": (pa.null(), [None, None, None]),
        "deep": (pa.list_(pa.struct([("t", pa.list_(pa.uint8()))])), [[{"t": [1, None]}], None, [None]]),
    }
    return pa.table({name: pa.array(found, kind) for name, (kind, found) in values.items()})
