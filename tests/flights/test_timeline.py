"""When things happen, and so when they are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flights.timeline import NEVER, minutes_of, timeline
from tests.flights.conftest import Tables

AIRPORTS = pd.DataFrame(
    {
        "faa": ["LAX", "BOS", "PHX", "SJU"],
        "tzone": ["America/Los_Angeles", "America/New_York", "America/Phoenix", "America/Puerto_Rico"],
    }
)


def flight(
    scheduled: str,
    sched_arr: int,
    dest: str,
    dep_delay: float | None = 0.0,
    arr_delay: float | None = 0.0,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scheduled_at": pd.to_datetime([scheduled]).tz_localize("America/New_York").tz_convert("UTC"),
            "sched_arr_time": [sched_arr],
            "dest": [dest],
            "dep_delay": np.array([dep_delay], dtype="float64"),
            "arr_delay": np.array([arr_delay], dtype="float64"),
        }
    )


def minute(text: str) -> int:
    return int(minutes_of(pd.Series(pd.to_datetime([text], utc=True)))[0])


@pytest.mark.parametrize(
    ("scheduled", "sched_arr", "dest", "due"),
    [
        ("2013-01-10 08:00", 1130, "LAX", "2013-01-10 19:30"),
        ("2013-07-10 08:00", 1030, "LAX", "2013-07-10 17:30"),
        ("2013-01-10 23:00", 15, "BOS", "2013-01-11 05:15"),
        ("2013-07-10 08:00", 1030, "PHX", "2013-07-10 17:30"),
        ("2013-01-10 23:30", 420, "SJU", "2013-01-11 08:20"),
        ("2013-11-02 22:50", 5, "BOS", "2013-11-03 04:05"),
        ("2013-11-03 21:30", 18, "BOS", "2013-11-04 05:18"),
        ("2013-03-09 22:30", 150, "LAX", "2013-03-10 09:50"),
        ("2013-12-31 23:00", 2359, "LAX", "2014-01-01 07:59"),
    ],
)
def test_an_arrival_is_due_when_the_destinations_clocks_first_show_it(
    scheduled: str, sched_arr: int, dest: str, due: str
) -> None:
    """Across midnight, time zones and both changes of the clock."""
    assert timeline(flight(scheduled, sched_arr, dest), AIRPORTS).due[0] == minute(due)


@pytest.mark.parametrize(
    ("dep_delay", "arr_delay", "departed", "landed"),
    [
        (10, -5, "2013-01-11 04:10", "2013-01-11 05:10"),
        (90, 85, "2013-01-11 05:30", "2013-01-11 06:40"),
        (-7, 0, "2013-01-11 03:53", "2013-01-11 05:15"),
        (1301, 1290, "2013-01-12 01:41", "2013-01-12 02:45"),
    ],
)
def test_a_delay_is_counted_in_minutes_and_knows_no_midnight(
    dep_delay: float, arr_delay: float, departed: str, landed: str
) -> None:
    """The clock times of the source would be a day off."""
    time = timeline(flight("2013-01-10 23:00", 15, "BOS", dep_delay, arr_delay), AIRPORTS)
    assert time.departed[0] == minute(departed)
    assert time.landed[0] == minute(landed)


def test_a_cancelled_flight_never_leaves_and_a_diverted_one_never_lands() -> None:
    """What does not happen never becomes known."""
    cancelled = timeline(flight("2013-01-10 23:00", 15, "BOS", None, None), AIRPORTS)
    diverted = timeline(flight("2013-01-10 23:00", 15, "BOS", 3, None), AIRPORTS)
    assert (cancelled.departed[0], cancelled.landed[0]) == (NEVER, NEVER)
    assert (diverted.departed[0], diverted.landed[0]) == (minute("2013-01-11 04:03"), NEVER)


def test_a_destination_without_a_time_zone_is_named(weeks: Tables) -> None:
    """Without its zone, nobody knows when a flight landed."""
    airports = weeks["airports"]
    with pytest.raises(ValueError, match=r"SJU.*\n.*airports table"):
        timeline(weeks["flights"], airports[airports["faa"] != "SJU"])


def test_the_time_between_leaving_and_landing_fits_the_time_in_the_air(year: Tables) -> None:
    """`air_time` was not used to work arrivals out, and leaves 5 to 235 minutes for taxiing on every row."""
    flights = year["flights"]
    time = timeline(flights, year["airports"])
    landed = time.landed < NEVER
    taxiing = (time.landed - time.departed)[landed] - flights["air_time"].to_numpy()[landed]
    assert landed.sum() == 327_346
    assert (taxiing.min(), taxiing.max()) == (5, 235)
