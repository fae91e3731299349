"""The feed asks about flights when nobody knows how they end, and tells it when they have landed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from flights.features import feature_names
from flights.feed import HORIZON, feed
from flights.splits import HOME
from tests.flights.conftest import Tables, build
from workbench.rehearsal.feed import Day

BEGIN = datetime(2013, 3, 8, tzinfo=ZoneInfo(HOME))
END = datetime(2013, 3, 12, tzinfo=ZoneInfo(HOME))  # one of its days has 23 hours


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return list(feed(BEGIN, END))


@pytest.fixture(scope="module")
def known(year: Tables) -> pd.DataFrame:
    """The features of all flights until some days later, by their keys."""
    flights = year["flights"]
    return build(year | {"flights": flights[flights["scheduled_at"] < END + timedelta(days=5)]}).set_index(
        "flight_id"
    )


def test_days_follow_each_other_and_hold_what_is_of_them(days: list[Day]) -> None:
    """In New York's time, also on the day on which its clocks are put forward."""
    assert [day.day for day in days] == [date(2013, 3, number) for number in range(8, 12)]
    for day in days:
        for table in (day.requests, day.labels):
            assert table["at"].is_monotonic_increasing
            assert set(table["at"].dt.tz_convert(HOME).dt.date) == {day.day}


def test_a_flight_is_asked_about_once_two_hours_ahead_with_what_a_training_would_see(
    days: list[Day], known: pd.DataFrame
) -> None:
    """To the last bit: what is served is what was learnt from."""
    asked = pd.concat([day.requests for day in days]).set_index("flight_id")
    assert asked.index.is_unique
    same = known.loc[asked.index]
    assert (same["scheduled_at"] - asked["at"] == timedelta(minutes=HORIZON)).all()
    names = feature_names(known)
    assert list(asked.columns) == [*names, "at"]
    pd.testing.assert_frame_equal(asked[names], same[names], check_exact=True)
    between = (known["scheduled_at"] >= BEGIN + timedelta(minutes=HORIZON)) & (
        known["scheduled_at"] < END + timedelta(minutes=HORIZON)
    )
    assert set(asked.index) == set(known.index[between])


def test_a_label_comes_when_its_flight_has_landed_and_only_where_somebody_asked(
    days: list[Day], known: pd.DataFrame
) -> None:
    asked = {flight for day in days for flight in day.requests["flight_id"]}
    told = pd.concat([day.labels for day in days]).set_index("entity")
    assert told.index.is_unique
    truth = known.loc[told.index]
    assert (truth["landed_at"] == told["at"]).all()
    assert (truth["late"] == told["label"]).all()
    assert set(told.index) <= asked
    missing = known.loc[sorted(asked - set(told.index))]
    assert (missing["landed_at"].isna() | (missing["landed_at"] >= END)).all()
    assert missing["landed_at"].isna().sum() > 20
