from __future__ import annotations

from datetime import date

import pandas as pd

from flights.groups import with_groups


def _flights(carriers: list[str], days: list[str], distances: list[float]) -> pd.DataFrame:
    at = pd.to_datetime(pd.Series(days)).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    return pd.DataFrame({"carrier": carriers, "scheduled_at": at, "distance": distances})


def test_a_carrier_is_small_by_what_it_flew_before() -> None:
    """Flights after the last day of learning do not make it large; one never seen is small."""
    before = _flights(["AA"] * 97 + ["HA"] * 3, ["2013-01-31 23:00"] * 100, [700.0] * 100)
    after = _flights(["AA", "HA", "XX"] * 50, ["2013-02-01 00:10"] * 150, [700.0] * 150)
    found = with_groups(after, pd.concat([before, after]), learnt_until=date(2013, 1, 31))
    assert found["carrier_size"].tolist() == ["large", "small", "small"] * 50


def test_months_are_those_of_new_york_and_reaches_begin_at_their_mile() -> None:
    """A flight on the last evening of a month belongs to it, though it is the next in UTC."""
    days = ["2013-01-31 23:30"] * 2 + ["2013-02-01 00:30"] * 2
    flights = _flights(["AA"] * 4, days, [499, 500, 1000, 1500])
    found = with_groups(flights, flights, learnt_until=date(2013, 1, 1))
    assert found["month"].tolist() == ["January", "January", "February", "February"]
    assert found["reach"].tolist() == ["under 500", "500 to 1000", "1000 to 1500", "1500 and more"]
    assert list(flights.columns) == ["carrier", "scheduled_at", "distance"]
