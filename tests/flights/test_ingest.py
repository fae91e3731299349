"""The raw tables as they come."""

from __future__ import annotations

from datetime import date

import pytest

from flights import ingest
from tests.flights.conftest import Tables


def test_every_flight_of_the_year_is_there_in_order_of_schedule(year: Tables) -> None:
    """All 336,776 rows of the source, none twice."""
    flights = year["flights"]
    assert len(flights) == 336_776
    assert flights["flight_id"].is_unique
    assert flights["scheduled_at"].is_monotonic_increasing


def test_a_key_names_the_day_the_flight_and_the_origin(year: Tables) -> None:
    """`flight_id` is what a caller would write on a ticket."""
    row = year["flights"].set_index("flight_id").loc["2013-01-01-UA-1545-EWR"]
    assert (row["month"], row["day"], row["carrier"], row["flight"]) == (1, 1, "UA", 1545)


def test_the_scheduled_instant_shows_the_scheduled_time_on_new_yorks_clocks(year: Tables) -> None:
    """In winter and in summer, on every row."""
    flights = year["flights"]
    local = flights["scheduled_at"].dt.tz_convert("America/New_York")
    assert (local.dt.hour * 100 + local.dt.minute == flights["sched_dep_time"]).all()
    assert (local.dt.day == flights["day"]).all()


def test_every_destination_has_a_time_zone(year: Tables) -> None:
    """Also the four in the Caribbean that the source forgot."""
    zones = year["airports"].set_index("faa")["tzone"]
    assert year["flights"]["dest"].map(zones).notna().all()
    assert year["airports"]["faa"].is_unique


def test_a_span_of_days_includes_both_ends(year: Tables) -> None:
    """So that the defaults of the notebook mean the whole year."""
    short = ingest.between(year["flights"], date(2013, 2, 28), date(2013, 3, 1))
    assert sorted(set(zip(short["month"], short["day"], strict=True))) == [(2, 28), (3, 1)]


def test_a_span_without_a_flight_is_an_error_that_names_what_there_is(year: Tables) -> None:
    """Nothing is silently empty."""
    with pytest.raises(ValueError, match=r"2014-01-01 to 2014-01-31.*20130101 to 20131231"):
        ingest.between(year["flights"], date(2014, 1, 1), date(2014, 1, 31))
