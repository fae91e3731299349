"""Frames on their way in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.data.tables import every_type
from workbench.data import from_arrow, to_arrow
from workbench.errors import UsageError

ROWS = [{"carrier": "UA", "delay": 11}, {"carrier": None, "delay": None}]
TABLE = pa.table({"carrier": ["UA", None], "delay": [11, None]})

EQUAL_WHEN_LOADED: dict[str, pd.DataFrame] = {
    "numbers": pd.DataFrame({"i": [1, 2], "f": [0.5, np.nan], "small": np.array([1, 2], "int8")}),
    "unsigned": pd.DataFrame({"u": np.array([0, 2**64 - 1], "uint64")}),
    "booleans": pd.DataFrame({"b": [True, False]}),
    "missing integers": pd.DataFrame({"i": pd.array([2**62 + 1, None], dtype="Int64")}),
    "missing small unsigned": pd.DataFrame({"i": pd.array([255, None], dtype="UInt8")}),
    "missing booleans": pd.DataFrame({"b": pd.array([True, None], dtype="boolean")}),
    "text": pd.DataFrame({"s": ["a", None]}),
    "times": pd.DataFrame({"t": pd.to_datetime(["2013-01-01 05:15", "NaT"])}),
    "nanosecond times": pd.DataFrame({"t": np.array(["2013-01-01T05:15"], "datetime64[ns]")}),
    "zoned times": pd.DataFrame({"t": pd.to_datetime(["2013-01-01"]).tz_localize("America/New_York")}),
    "durations": pd.DataFrame({"d": pd.to_timedelta([15, 16], unit="min")}),
    "objects": pd.DataFrame(
        {"d": [dt.date(2013, 1, 1), None], "x": [Decimal("1.10"), None], "b": [b"a", None]}, dtype=object
    ),
    "lists": pd.DataFrame({"l": [np.array([1, 2]), np.array([3])]}),
    "nothing known": pd.DataFrame({"n": [None, None]}, dtype=object),
    "no rows": pd.DataFrame({"i": np.array([], "int64"), "s": pd.array([], dtype="str")}),
    "names": pd.DataFrame({"with space": [1], "é.x": [2], "a,b": [3]}),
}


@pytest.mark.parametrize("frame", EQUAL_WHEN_LOADED.values(), ids=EQUAL_WHEN_LOADED.keys())
def test_a_pandas_frame_is_equal_when_it_comes_back(frame: pd.DataFrame) -> None:
    """Values, types, units and zones of a pandas frame survive."""
    pd.testing.assert_frame_equal(from_arrow(to_arrow(frame)), frame)


def test_a_categorical_comes_back_as_its_values() -> None:
    """Categories are encoding: the values survive, whatever codes stood for them."""
    frame = pd.DataFrame({"carrier": pd.Categorical(["UA", None, "AA"], categories=["UA", "AA", "ZZ"])})
    back = from_arrow(to_arrow(frame))
    pd.testing.assert_frame_equal(back, pd.DataFrame({"carrier": ["UA", None, "AA"]}))


def test_a_loaded_pandas_frame_can_be_changed() -> None:
    """A loaded frame is the notebook's own: its columns can be assigned to."""
    frame = from_arrow(pa.table({"x": [1.0, 2.0], "n": [1, None]}))
    frame.loc[0, "x"] = 5.0
    frame.loc[0, "n"] = 7
    assert frame.loc[0].to_dict() == {"x": 5.0, "n": 7}


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"carrier": ["UA", None], "delay": pd.array([11, None], dtype="Int64")}),
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        pl.DataFrame(ROWS, schema={"carrier": pl.Categorical, "delay": pl.Int64}),
        pl.DataFrame(ROWS, schema={"carrier": pl.Enum(["AA", "UA"]), "delay": pl.Int64}),
        TABLE,
        TABLE.to_batches()[0],
        pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches()),
        TABLE.replace_schema_metadata({"pandas": "{}"}),
        ROWS,
    ],
    ids=lambda table: type(table).__name__,
)
def test_every_kind_of_frame_says_the_same(table: Any) -> None:
    """The same rows are the same Arrow table, whatever frame they came in."""
    assert to_arrow(table).equals(TABLE, check_metadata=True)


def test_a_duckdb_relation_is_a_table() -> None:
    """A query's result can be saved as it is."""
    relation = duckdb.sql("SELECT 'UA' AS carrier, 11::BIGINT AS delay UNION ALL SELECT NULL, NULL")
    assert to_arrow(relation).equals(TABLE)


def test_rows_may_lack_keys() -> None:
    """In a list of dicts a key that some rows lack is a column with missing values."""
    assert to_arrow([{"a": 1}, {"b": "x"}]).to_pydict() == {"a": [1, None], "b": [None, "x"]}


@pytest.mark.parametrize("as_", ["polars", "duckdb", "arrow"])
def test_every_framework_gives_the_content_back(as_: str) -> None:
    """A table loaded in another framework and saved again is the same table."""
    table = to_arrow(
        pd.DataFrame({"s": ["a", None], "i": [1, 2], "t": pd.to_datetime(["2013-01-01", "NaT"])})
    )
    assert to_arrow(from_arrow(table, as_)).equals(table)


def test_polars_takes_every_type() -> None:
    """Whatever a dataset can hold but 128-bit maps, Polars can load."""
    table = every_type().drop_columns(["map"])
    assert pl.DataFrame.equals(from_arrow(table, "polars"), pl.DataFrame(table))


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        (pd.DataFrame({"x": [1, 2]}, index=[3, 4]), "the index of type Index", "reset_index"),
        (pd.DataFrame({"x": [1, 2]}).rename_axis("row"), "the index 'row' (RangeIndex)", "reset_index"),
        (pd.DataFrame({"x": [1, 2]})[1:], "the index of type RangeIndex", "reset_index"),
        (pd.DataFrame({0: [1]}), "a column named 0", "str(name)"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Two columns of the frame are named 'a'", "drop it"),
        (pd.Series([1], name="x"), "pandas Series", "to_frame"),
        (pd.DataFrame({"mixed": [1, "a"]}), "mixed", "one type"),
        (pd.DataFrame({"p": pd.period_range("2013", periods=1, freq="D")}), "Column 'p'", "Turn it into"),
        (pl.Series("x", [1]), "polars.series.series.Series", "to_frame"),
        (pl.DataFrame({"o": pl.Series([{1}], dtype=pl.Object)}), "Python objects", "Turn them into"),
        (42, "builtins.int", "pandas or Polars"),
        ({"a": [1]}, "builtins.dict", "pandas or Polars"),
    ],
)
def test_what_is_no_table_is_refused_with_advice(table: Any, said: str, hint: str) -> None:
    """The message names what was got, and the hint what to do."""
    with pytest.raises(UsageError) as caught:
        to_arrow(table)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_an_unknown_framework_is_named_with_the_nearest() -> None:
    """A misspelt `as_` says which were possible."""
    with pytest.raises(UsageError, match="Did you mean as_='polars'"):
        from_arrow(TABLE, "polar")
