"""Profiles of versions, and what changed between two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.data.tables import every_type, saved
from workbench.data import DatasetDiff, Datasets, OutputRecord, describe, diff_tables

OLD = pa.table(
    {
        "carrier": ["UA", "AA", None, "B6"],
        "delay": [10.0, None, float("nan"), 20.0],
        "dropped": [1, 2, 3, 4],
        "distance": [1, 2, 3, 4],
        "same": [True, False, True, True],
    }
)
NEW = pa.table(
    {
        "carrier": ["UA", "DL", None, "B6"],
        "delay": [10.0, 0.5, float("nan"), 20.0],
        "distance": [1.0, 2.0, 3.0, 4.0],
        "same": [True, False, True, True],
        "fresh": ["a", "b", "c", "d"],
    }
)


@pytest.fixture
def both(datasets: Datasets, tmp_path: Path) -> tuple[OutputRecord, OutputRecord]:
    return saved(datasets, tmp_path / "1", OLD), saved(datasets, tmp_path / "2", NEW)


def compare(datasets: Datasets, tmp_path: Path, old: Any, new: Any) -> DatasetDiff:
    pair = [saved(datasets, tmp_path / name, table) for name, table in (("1", old), ("2", new))]
    return diff_tables(pair[0], pair[1], datasets)


def test_a_diff_reads_as_what_changed(datasets: Datasets, both: tuple[OutputRecord, OutputRecord]) -> None:
    """Rows, columns, types, statistics and categories that changed get a line each; others none."""
    assert diff_tables(*both, datasets).lines() == [
        "rows: 4, as before",
        "+ fresh: string",
        "- dropped: int64",
        "~ distance: int64 → float64",
        "~ carrier: 25.00 % of the rows changed; min AA → B6; appeared: 1 (DL); vanished: 1 (AA)",
        "~ delay: 25.00 % of the rows changed; nulls 2 → 1; distinct 2 → 3; min 10 → 0.5; mean 15 → 10.1667",
    ]


def test_a_diff_is_plain_json(datasets: Datasets, both: tuple[OutputRecord, OutputRecord]) -> None:
    """Everything that the lines say is in the JSON."""
    found = diff_tables(*both, datasets).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False))["before"] == 1
    delay = next(column for column in found["columns"] if column["name"] == "delay")
    assert (delay["changed"], delay["before"]["nulls"], delay["after"]["mean"]) == (0.25, 2, 30.5 / 3)


def test_the_same_content_is_not_read(datasets: Datasets, both: tuple[OutputRecord, OutputRecord]) -> None:
    """Equal fingerprints are enough to say that nothing changed."""
    old, _ = both
    (datasets.location("flights") / old["files"][0]["path"]).unlink()
    found = diff_tables(old, old, datasets)
    assert found.same
    assert found.lines() == ["flights: 4 rows, the same content"]


def test_more_rows_are_counted(datasets: Datasets, tmp_path: Path) -> None:
    """With another number of rows nothing is compared row by row."""
    found = compare(datasets, tmp_path, pa.table({"x": [1, 2]}), pa.table({"x": [1, 2, 2000]}))
    assert found.lines() == [
        "rows: 2 → 3 (+1)",
        "~ x: distinct 2 → 3; max 2 → 2,000; mean 1.5 → 667.667",
    ]
    assert found.columns[0].changed is None


def test_another_order_of_columns_is_said(datasets: Datasets, tmp_path: Path) -> None:
    """Columns that only moved are no change of any column."""
    old = pa.table({"a": [1], "b": [2]})
    found = compare(datasets, tmp_path, old, old.select(["b", "a"]))
    assert found.lines() == ["rows: 1, as before", "the same columns and values, in another order"]


def test_many_categories_are_counted_and_some_named(datasets: Datasets, tmp_path: Path) -> None:
    """A long list of new categories is cut, and a text column of mostly unique values has none."""
    some = [f"N{number:03}" for number in range(30)]
    found = compare(datasets, tmp_path, pa.table({"plane": ["N000"] * 30}), pa.table({"plane": some}))
    assert "appeared: 29 (N001, N002," in found.lines()[1]
    assert found.lines()[1].endswith("and 9 more)")
    many = pa.table({"plane": [str(number) for number in range(10_001)]})
    assert compare(datasets, tmp_path / "many", many, many.slice(1)).columns[0].vanished is None


def test_every_type_can_be_compared_and_described(datasets: Datasets, tmp_path: Path) -> None:
    """No type that can be saved is too odd for a profile and a diff; a shift changes what it should."""
    table = every_type()
    shifted = pa.concat_tables([table.slice(1), table.slice(0, 1)])
    found = compare(datasets, tmp_path, table, shifted)
    assert [column.name for column in found.columns] == table.column_names
    assert next(c.changed for c in found.columns if c.name == "nothing") == 0.0
    assert all(c.changed for c in found.columns if c.name != "nothing")
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_profile_says_what_a_column_holds(datasets: Datasets, tmp_path: Path) -> None:
    """Missing values, distinct values, ends and mean of each column, in plain JSON."""
    record = saved(datasets, tmp_path / "out", every_type())
    found = {column.name: column for column in describe(record, datasets)}
    assert json.dumps([column.to_dict() for column in found.values()], allow_nan=False)
    facts = {
        name: (c.type, c.nulls, c.distinct, c.minimum, c.maximum, c.mean)
        for name, c in found.items()
        if name in {"int8", "float32", "bool", "text", "date", "decimal", "nothing", "list"}
    }
    assert facts == {
        "int8": ("int8", 1, 2, -3, 1, -1.0),
        "float32": ("float32", 2, 1, 1.5, 1.5, 1.5),
        "bool": ("bool", 1, 2, False, True, 0.5),
        "text": ("string", 1, 2, "", "naïve ✈", None),
        "date": ("date", 1, 2, "0001-01-01", "2013-01-01", None),
        "decimal": ("decimal(12, 2)", 1, 2, "-0.01", "1.10", 0.545),
        "nothing": ("null", 3, 0, None, None, None),
        "list": ("list<string>", 1, None, None, None, None),
    }
