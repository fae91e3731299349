"""A draft is a contract that its data keep, worth editing."""

from __future__ import annotations

import string
import tomllib
from datetime import UTC, date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.contract import Contract, draft_contract, hold

SCALARS = st.one_of(
    st.lists(st.none() | st.integers(-(2**53), 2**53), min_size=1),
    st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1),
    st.lists(st.none() | st.text(string.printable, max_size=6), min_size=1),
    st.lists(st.none() | st.booleans(), min_size=1),
    st.lists(st.none() | st.dates(), min_size=1),
    st.lists(
        st.none() | st.datetimes(timezones=st.just(UTC)),
        min_size=1,
    ),
)


def drafted(**columns: Any) -> dict[str, Any]:
    document = tomllib.loads(draft_contract(pa.table(columns), "orders", "version 0"))
    found: dict[str, Any] = document["columns"]
    return found


@given(SCALARS)
def test_data_keep_the_contract_that_is_drafted_from_them(values: list[Any]) -> None:
    """Whatever they are, and it is valid TOML with valid words."""
    table = pa.table({'a "column"': values})
    text = draft_contract(table, "orders", "version 0, 3 rows")
    held = hold(table, Contract.model_validate(tomllib.loads(text)), "orders")
    assert held.quarantine.num_rows == 0
    assert held.refusal == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 5, 100], {"type": "int64", "nullable": False, "at_least": 0, "at_most": 110, "unique": True}),
        ([5.0, None, 5.5], {"type": "float64", "nullable": True, "at_least": 4.9, "at_most": 5.6}),
        (["a", "b"] * 3, {"type": "string", "nullable": False, "one_of": ["a", "b"]}),
        (
            [f"N{n}-EW" for n in range(8, 40)],
            {"type": "string", "nullable": False, "unique": True, "matches": r"[A-Z]\d{1,2}\-[A-Z]{2}"},
        ),
        ([True, None], {"type": "bool", "nullable": True}),
        (
            [date(2013, 1, 1) + timedelta(days=n) for n in range(3)],
            {"type": "date", "nullable": False, "at_least": date(2013, 1, 1)},
        ),
        ([None, None], {"nullable": True}),
    ],
)
def test_a_column_is_described_as_a_person_would(values: list[Any], expected: dict[str, Any]) -> None:
    """Bounds with a little room, categories, a shared pattern, a key; time goes on."""
    assert drafted(a=values)["a"] == expected


def test_an_outlier_is_pointed_at() -> None:
    """The person decides."""
    winds = [float(n % 40) for n in range(2000)] + [1048.0]
    text = draft_contract(pa.table({"wind": winds}), "weather", "version 0")
    assert "# 999 of 1,000 are at most 39.0: is the most seen an error?" in text


def test_what_is_missing_is_counted() -> None:
    """Beside the word that allows it."""
    text = draft_contract(pa.table({"a": [1, None, 3, 4]}), "orders", "version 0")
    assert "nullable = true  # 1 missing (25.00%)" in text
