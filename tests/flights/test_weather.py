"""The weather as observed by the cut-off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flights.timeline import minutes_of
from flights.weather import observed

NUMBERS = {"dewp": 20.0, "humid": 50.0, "wind_dir": 90.0, "visib": 10.0}


def reports() -> pd.DataFrame:
    hours = pd.date_range("2013-01-01 00:00", periods=5, freq="h", tz="UTC")
    return pd.DataFrame(
        {
            "origin": "JFK",
            "time_hour": hours,
            "temp": [30.0, 31, 32, 33, 34],
            "wind_speed": [5.0, 6, 1048, 8, 9],
            "wind_gust": [np.nan, 20, 1206, np.nan, np.nan],
            "precip": [0.0, 0.1, 0.2, 0.3, 0.4],
            "pressure": [1000.0, 1001, 1002, 1005, 1003],
            **NUMBERS,
        }
    )


def at(text: str, origin: str = "JFK") -> pd.Series:
    cutoff = minutes_of(pd.Series(pd.to_datetime([f"2013-01-01 {text}"], utc=True)))
    return observed(pd.DataFrame({"origin": [origin]}), reports(), cutoff).iloc[0]


@pytest.mark.parametrize(
    ("when", "temp"),
    [
        ("00:59", np.nan),
        ("01:00", 30),
        ("01:59", 30),
        ("02:00", 31),
        ("05:00", 34),
        ("11:00", 34),
        ("11:01", np.nan),
    ],
)
def test_an_hours_report_is_known_when_the_hour_is_over_and_until_it_is_stale(when: str, temp: float) -> None:
    """The observation is usually taken nine minutes before the next hour."""
    np.testing.assert_equal(at(when)["temp"], np.float32(temp))


def test_an_origin_without_reports_has_no_weather() -> None:
    """Newark is not asked about Kennedy's wind."""
    assert at("03:00", origin="EWR").isna().all()


def test_changes_look_back_three_reports() -> None:
    """Pressure rose by 5, 0.6 inches fell."""
    now = at("04:30")
    assert now["pressure_change"] == pytest.approx(5)
    assert now["temp_change"] == pytest.approx(3)
    assert now["precip_3h"] == pytest.approx(0.6)


def test_no_gust_means_the_wind_and_an_impossible_wind_means_nothing() -> None:
    """The source has a wind of 1,048 miles per hour."""
    assert at("01:30")["wind_gust"] == 5
    assert np.isnan(at("03:30")["wind_speed"])
    assert np.isnan(at("03:30")["wind_east"])


def test_the_wind_points_where_it_comes_from() -> None:
    """From 90 degrees: all of it from the east."""
    assert at("02:30")["wind_east"] == pytest.approx(6)
    assert at("02:30")["wind_north"] == pytest.approx(0, abs=1e-5)
