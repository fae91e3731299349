"""Tables that nothing should be built on are found."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from flights.checks import as_report, as_table, broken, check_tables
from tests.flights.conftest import Tables


def test_the_real_year_passes(year: Tables) -> None:
    """All its tables fit each other."""
    findings = check_tables(year, flights_a_day=500)
    assert broken(findings) == ""
    assert as_table(findings)["passed"].all()


def test_a_slice_of_the_year_passes(weeks: Tables) -> None:
    """So a replay may begin with any month."""
    assert broken(check_tables(weeks, flights_a_day=500)) == ""


def first_row(table: str, column: str, value: object) -> Callable[[Tables], pd.DataFrame]:
    def change(tables: Tables) -> pd.DataFrame:
        changed = tables[table].copy()
        changed[column] = [value, *changed[column].iloc[1:]]
        return changed

    return change


CASES: dict[str, tuple[str, Callable[[Tables], pd.DataFrame], str]] = {
    "a column is gone": ("planes", lambda t: t["planes"].drop(columns="seats"), "1 are not.*as seats"),
    "half a delivery": ("flights", lambda t: t["flights"].iloc[::3], "at least 500 a day"),
    "another clock": ("flights", first_row("flights", "sched_dep_time", 1), "sched_dep_time in New York"),
    "all cancelled": (
        "flights",
        lambda t: t["flights"].assign(dep_delay=np.nan, arr_delay=np.nan),
        "a quarter of the flights or fewer",
    ),
    "unknown carrier": ("flights", first_row("flights", "carrier", "ZZ"), "carriers that airlines has"),
    "unknown place": ("flights", first_row("flights", "dest", "ZZZ"), "destinations whose time zone"),
    "unknown origin": ("flights", first_row("flights", "origin", "ZZZ"), "origins that weather has"),
    "another register": ("planes", lambda t: t["planes"].head(10), "half of the planes or more"),
    "no key": ("airports", first_row("airports", "faa", None), "one row for each faa"),
    "few hours": ("weather", lambda t: t["weather"].iloc[::2], "nine of ten hours observed"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_broken_table_is_found_and_told(weeks: Tables, case: str) -> None:
    """In one line that names the table and what was expected of it."""
    name, change, message = CASES[case]
    findings = check_tables(weeks | {name: change(weeks)}, flights_a_day=500)
    bad = [finding for finding in findings if not finding.passed]
    assert {finding.table for finding in bad} >= {name} or case == "another register"
    assert "\n" not in broken(findings)
    assert pd.Series([broken(findings)]).str.contains(message, regex=True).all()


def test_an_example_of_what_is_wrong_is_given(weeks: Tables) -> None:
    """The key of the first such row."""
    changed = first_row("flights", "carrier", "ZZ")(weeks)
    told = broken(check_tables(weeks | {"flights": changed}, flights_a_day=500))
    assert changed["flight_id"].iloc[0] in told


def test_the_report_is_plain_json(weeks: Tables) -> None:
    """Findings and sizes, to be kept as evidence."""
    report = as_report(check_tables(weeks, flights_a_day=500), weeks)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["rows"]["airlines"] == 16
