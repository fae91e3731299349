"""Rows that break a contract are set aside with the rule named; the rest go on."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.contract import Contract, Held, hold
from workbench.errors import ConfigurationError, UsageError


def contract(text: str) -> Contract:
    return Contract.model_validate(tomllib.loads(text))


def broken(text: str, **columns: list[Any]) -> list[str]:
    """Return what stands in `_rule` for each row, empty where it went on."""
    columns["row"] = list(range(len(next(iter(columns.values())))))
    held = hold(pl.DataFrame(columns, strict=False), contract(text), "orders")
    rules = dict.fromkeys(columns["row"], "")
    rules |= dict(zip(held.quarantine["row"].to_pylist(), held.quarantine["_rule"].to_pylist(), strict=True))
    assert held.clean["row"].to_pylist() == [row for row, rule in rules.items() if not rule]
    return list(rules.values())


CASES: dict[str, tuple[str, dict[str, list[Any]], list[str]]] = {
    "missing": ("[columns.a]", {"a": [1, None]}, ["", "a is not null"]),
    "no number": ("[columns.a]", {"a": [1.0, float("nan")]}, ["", "a is not null"]),
    "missing, allowed": ("[columns.a]\nnullable = true\nat_least = 0", {"a": [1, None]}, ["", ""]),
    "no number, allowed": (
        "[columns.a]\nnullable = true\nat_most = 2",
        {"a": [1.0, float("nan"), 3.0]},
        ["", "", "a <= 2"],
    ),
    "bounds": ("[columns.a]\nat_least = 0\nat_most = 9", {"a": [-1, 0, 9, 10]}, ["a >= 0", "", "", "a <= 9"]),
    "dates": (
        "[columns.a]\nat_least = 2013-01-01",
        {"a": [date(2012, 12, 31), date(2013, 1, 1)]},
        ["a >= 2013-01-01", ""],
    ),
    "values": ("[columns.a]\none_of = ['x', 'y']", {"a": ["x", "z"]}, ["", "a one of x, y"]),
    "a pattern for the whole": (
        "[columns.a]\nmatches = '[A-Z]{3}'",
        {"a": ["JFK", "JFKX", "xJFK"]},
        ["", "a matches [A-Z]{3}", "a matches [A-Z]{3}"],
    ),
    "the first of a key stays": (
        "[columns.a]\nunique = true\nnullable = true",
        {"a": [1, 2, 1, None, None]},
        ["", "", "a is unique", "", ""],
    ),
    "a key of two": (
        "unique = ['a', 'b']\n[columns.a]",
        {"a": [1, 1, 1], "b": [1, 2, 1]},
        ["", "", "a, b together are unique"],
    ),
    "across columns": (
        "[rules]\n'back after leaving' = 'b >= a'",
        {"a": [1, 2, 3], "b": [2, 1, None]},
        ["", "back after leaving", ""],
    ),
    "in SQL": (
        '[rules]\nknown = "a in (1, 2) and (b is null or length(b) = 1)"',
        {"a": [1, 2, 3], "b": ["x", "xy", None]},
        ["", "known", "known"],
    ),
    "two at once": (
        "[columns.a]\nat_least = 0\n[rules]\neven = 'a % 2 = 0'",
        {"a": [-1, -2, 1, 2]},
        ["a >= 0; even", "a >= 0", "even", ""],
    ),
    "texts that are numbers": (
        "[columns.a]\ntype = 'int'",
        {"a": ["1", "n/a", "07"]},
        ["", "a is int", ""],
    ),
    "whole numbers": ("[columns.a]\ntype = 'int'", {"a": [1.0, 1.5]}, ["", "a is int"]),
    "another kind": ("[columns.a]\ntype = 'int'", {"a": [[1], [2]]}, ["a is int", "a is int"]),
    "not there, allowed": ("[columns.b]\nrequired = false", {"a": [1]}, [""]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_row_that_breaks_a_rule_is_set_aside_with_its_name(case: str) -> None:
    """And a row that keeps all goes on, in its place."""
    text, columns, expected = CASES[case]
    assert broken(text, **columns) == expected


def test_the_rows_that_go_on_have_the_contracts_types(tmp_path: Any) -> None:
    """Those that are set aside stay as they came."""
    held = hold(pl.DataFrame({"a": ["1", "x"]}), contract("[columns.a]\ntype = 'int'"), "orders")
    assert held.clean.schema.field("a").type == pa.int64()
    assert held.quarantine.to_pylist() == [{"a": "x", "_rule": "a is int"}]


@pytest.mark.parametrize("table", [pd.DataFrame({"a": [1]}), pa.table({"a": [1]}), [{"a": 1}]])
def test_any_table_can_be_held(table: Any) -> None:
    """Whatever a dataset can be made of."""
    assert hold(table, contract("[columns.a]"), "orders").clean.num_rows == 1


def held(rows: int, bad: int, limit: float, least: int = 1) -> Held:
    text = f"quarantine_limit = {limit}\nmin_rows = {least}\n[columns.a]\nat_least = 0"
    return hold(
        pl.DataFrame({"a": [-1] * bad + [1] * (rows - bad)}, schema={"a": pl.Int64}), contract(text), "orders"
    )


@pytest.mark.parametrize(
    ("rows", "bad", "limit", "least", "refused"),
    [
        (100, 1, 0.01, 1, False),
        (100, 2, 0.01, 1, True),
        (100, 1, 0.0, 1, True),
        (100, 0, 0.0, 1, False),
        (100, 100, 1.0, 1, False),
        (99, 0, 0.0, 100, True),
        (0, 0, 1.0, 1, True),
        (0, 0, 0.0, 0, False),
    ],
)
def test_more_than_the_limit_refuses_all(
    rows: int, bad: int, limit: float, least: int, refused: bool
) -> None:
    """So do too few rows: an empty delivery keeps every rule."""
    found = held(rows, bad, limit, least)
    assert bool(found.refusal) is refused
    assert found.to_dict()["refused"] is refused


def test_a_refusal_says_how_many_broke_what() -> None:
    """In one line, and as evidence."""
    found = held(200, 3, 0.01)
    assert found.refusal == ("3 of 200 rows of orders (1.50%) break its contract, and 1.00% may: a >= 0 (3)")
    assert found.to_dict()["rules"] == [{"rule": "a >= 0", "rows": 3}]


UNFIT = {
    "a column that is not there": ("[columns.distanc]", "the column 'distanc'.*\nDid you mean 'distance'"),
    "a key that is not there": ("unique = ['flight']\n[columns.distance]", "the column 'flight'"),
    "a rule on a column that is not there": (
        "[rules]\nfar = 'distanc > 1'",
        "rule 'far' for the column 'distanc'",
    ),
    "a rule that is no SQL": ("[rules]\nfar = 'distance >'", "rule 'far' in .* is no condition in SQL"),
    "a rule that is no condition": ("[rules]\nfar = 'distance + 1'", "gives Int64, expected true or false"),
    "a rule on mixed types": ("[rules]\nfar = \"distance > 'a'\"", "rule 'far' in .* cannot be applied"),
    "a bound of another type": ("[columns.distance]\nat_least = 'a'", "cannot be applied: column 'distance'"),
    "a pattern for numbers": ("[columns.distance]\nmatches = 'a'", "cannot be applied: column 'distance'"),
    "a column more": ("extra_columns = false\n[columns.distance]", "has the column 'name'"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_contract_that_does_not_fit_is_one_clear_error(case: str) -> None:
    """It is not the rows that are wrong."""
    text, words = UNFIT[case]
    table = pl.DataFrame({"distance": [1, 2], "name": ["a", "b"]})
    with pytest.raises(UsageError, match=words):
        hold(table, contract(text), "flights", "contracts/flights.toml")


def test_an_unknown_type_names_the_nearest() -> None:
    """Where it stands."""
    with pytest.raises(ConfigurationError, match=r"columns.a.type: 'strng' is no type.*'string'"):
        hold(pl.DataFrame({"a": [1]}), contract("[columns.a]\ntype = 'strng'"), "orders", "orders.toml")


def test_the_column_for_rules_must_be_free() -> None:
    """A quarantine that is held again would say nothing."""
    with pytest.raises(UsageError, match="'_rule'"):
        hold(pl.DataFrame({"_rule": [1]}), contract("[columns._rule]"), "orders")


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30))
def test_no_row_is_lost_or_made(values: list[int | None]) -> None:
    """Each is either clean or set aside, and for a reason that holds."""
    text = "min_rows = 0\n[columns.a]\nat_least = -2\nunique = true"
    found = hold(pl.DataFrame({"a": values}, schema={"a": pl.Int64}), contract(text), "orders")
    clean, aside = found.clean["a"].to_pylist(), found.quarantine["a"].to_pylist()
    assert sorted(map(str, clean + aside)) == sorted(map(str, values))
    assert clean == list(dict.fromkeys(v for v in values if v is not None and v >= -2))
    assert all(found.quarantine["_rule"].to_pylist())
