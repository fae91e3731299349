"""The contracts of the raw tables: the real year keeps them, and a wrong row is set aside by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.flights.conftest import Tables
from workbench.data.contract import Held, hold, read_contract
from workbench.errors import UsageError

CONTRACTS = Path(__file__).parents[2] / "contracts"


def held(table: pd.DataFrame, name: str) -> Held:
    return hold(table, read_contract(CONTRACTS / f"{name}.toml"), name)


@pytest.mark.parametrize(("name", "broken"), [("flights", {}), ("weather", {"wind_speed <= 150": 1})])
def test_the_real_year_keeps_its_contract(year: Tables, name: str, broken: dict[str, int]) -> None:
    """But for the hour in which the source has a wind of 1,048 miles per hour."""
    found = held(year[name], name)
    assert found.broken == broken
    assert found.refusal == ""
    pd.testing.assert_frame_equal(
        found.clean.to_pandas().head(3), year[name].head(3), check_dtype=False, check_column_type=False
    )


def first(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**{column: [value, *table[column].iloc[1:]]})


CASES: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a flight twice": (
        "flights",
        lambda table: pd.concat([table, table.head(1)], ignore_index=True),
        "flight_id is unique",
    ),
    "late for weeks": ("flights", first("arr_delay", 99_999.0), "arr_delay <= 1440"),
    "landed, never left": ("flights", first("dep_delay", np.nan), "arrived after a departure"),
    "no distance": ("flights", first("distance", 0), "distance >= 1"),
    "an origin elsewhere": ("flights", first("origin", "BOS"), "origin one of EWR, JFK, LGA"),
    "no destination": ("flights", first("dest", None), "dest is not null"),
    "two clocks": ("flights", first("sched_dep_time", 1), "clock agrees with itself"),
    "hotter than fire": ("weather", first("temp", 400.0), "temp <= 120"),
    "an hour twice": (
        "weather",
        lambda table: pd.concat([table, table.head(1)], ignore_index=True),
        "origin, time_hour together are unique",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_row_is_set_aside_by_name(weeks: Tables, case: str) -> None:
    """That row alone."""
    name, change, rule = CASES[case]
    before = held(weeks[name], name).broken
    found = held(change(weeks[name]), name)
    assert {r: n for r, n in found.broken.items() if r not in before} == {rule: 1}


def test_a_table_without_one_of_its_columns_is_refused(weeks: Tables) -> None:
    """By name: nothing could be said of its rows."""
    with pytest.raises(UsageError, match="'visib', which the table does not have"):
        held(weeks["weather"].drop(columns="visib"), "weather")
