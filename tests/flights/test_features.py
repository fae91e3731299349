"""Features that a person could count by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from flights.delays import CAPPED
from flights.features import BESIDE
from flights.timeline import NEVER, timeline
from tests.flights.conftest import Tables, build


@pytest.fixture(scope="module")
def asked(weeks: Tables) -> pd.DataFrame:
    """The flights with their instants, for counting by hand."""
    time = timeline(weeks["flights"], weeks["airports"])
    return weeks["flights"].assign(
        scheduled=time.scheduled,
        departed=time.departed,
        landed=time.landed,
        planned=time.due - time.scheduled,
        cutoff=time.scheduled - 120,
    )


def sample(asked: pd.DataFrame) -> Iterator[tuple[int, pd.Series]]:
    """Draw sixty flights and their row numbers."""
    for row in np.random.default_rng(3).integers(6000, len(asked), 60):
        yield int(row), asked.iloc[int(row)]


def test_every_flight_keeps_its_row_and_only_arrivals_have_a_label(
    weeks: Tables, features: pd.DataFrame
) -> None:
    """Cancelled and diverted flights are asked about too; nobody knows the answer."""
    flights = weeks["flights"]
    assert features["flight_id"].tolist() == flights["flight_id"].tolist()
    assert (features["late"].isna() == flights["arr_delay"].isna()).all()
    assert (features["landed_at"].isna() == flights["arr_delay"].isna()).all()
    assert (features["late"].dropna() == (flights["arr_delay"].dropna() >= 15)).all()


def test_recent_departures_are_those_of_the_hours_before_the_cut_off(
    asked: pd.DataFrame, features: pd.DataFrame
) -> None:
    """At the same origin, delays capped at three hours."""
    for row, flight in sample(asked):
        left = asked[
            (asked["origin"] == flight["origin"])
            & (asked["departed"] <= flight["cutoff"])
            & (asked["departed"] > flight["cutoff"] - 180)
        ]
        expected = left["dep_delay"].clip(upper=CAPPED).mean(), (left["dep_delay"] >= 15).mean()
        got = features.loc[row, ["dep_delay_origin_3h", "dep_late_origin_3h"]].astype("float64")
        np.testing.assert_allclose(got, expected if len(left) else (np.nan, np.nan), rtol=1e-6)


def test_the_past_of_a_flight_number_is_what_had_landed_within_thirty_days(
    asked: pd.DataFrame, features: pd.DataFrame
) -> None:
    """The same number of the same carrier from the same origin."""
    for row, flight in sample(asked):
        same = (asked[["origin", "carrier", "flight"]] == flight[["origin", "carrier", "flight"]]).all(axis=1)
        past = asked[
            same & (asked["landed"] <= flight["cutoff"]) & (asked["landed"] > flight["cutoff"] - 30 * 24 * 60)
        ]
        expected = [
            (past["arr_delay"] >= 15).mean() if len(past) else np.nan,
            (past["arr_delay"] - past["dep_delay"]).mean(),
            past["arr_delay"].clip(upper=CAPPED).iloc[-1] if len(past) else np.nan,
        ]
        got = features.loc[row, ["arr_late_number_30d", "arr_lost_number_30d", "arr_delay_number"]]
        np.testing.assert_allclose(got.astype("float64"), expected, rtol=1e-5)


def test_waiting_flights_are_those_due_to_leave_in_three_hours_that_have_not(
    asked: pd.DataFrame, features: pd.DataFrame
) -> None:
    """Cancelled ones among them: at that time they only wait."""
    for row, flight in sample(asked):
        due = asked[
            (asked["origin"] == flight["origin"])
            & (asked["scheduled"] <= flight["cutoff"])
            & (asked["scheduled"] > flight["cutoff"] - 180)
        ]
        waiting = int((due["departed"] > flight["cutoff"]).sum())
        assert features.loc[row, "waiting_origin"] == waiting
        assert features.loc[row, "waiting_share_origin"] == np.float32(waiting / max(len(due), 1))


def test_a_plane_has_the_time_to_turn_that_its_last_known_departure_leaves_it(
    asked: pd.DataFrame, features: pd.DataFrame
) -> None:
    """From that departure to this one, less flying out and back as planned; two days at most."""
    for row, flight in sample(asked):
        gone = asked[(asked["tailnum"] == flight["tailnum"]) & (asked["departed"] <= flight["cutoff"])]
        got = features.loc[row, "turn_plane"]
        if gone.empty:
            assert np.isnan(float(str(got)))
        else:
            last = gone.loc[gone["departed"].idxmax()]
            expected = flight["scheduled"] - last["departed"] - 2 * last["planned"]
            assert got == min(expected, 2 * 24 * 60)


def test_congestion_counts_the_timetable_around_a_flight(asked: pd.DataFrame, features: pd.DataFrame) -> None:
    """Half an hour to either side, itself included."""
    for row, flight in sample(asked):
        near = asked["scheduled"].between(flight["scheduled"] - 29, flight["scheduled"] + 30)
        expected = int((near & (asked["origin"] == flight["origin"])).sum())
        assert features.loc[row, "planned_origin_1h"] == expected


def test_a_plane_without_a_name_has_no_past(weeks: Tables, features: pd.DataFrame) -> None:
    """Flights without a tail number are not one big plane."""
    nameless = features[weeks["flights"]["tailnum"].isna()]
    assert len(nameless) > 100
    assert (
        nameless[["turn_plane", "dep_delay_plane", "arr_age_plane", "seats", "maker"]].isna().all(axis=None)
    )


def test_the_order_of_the_rows_does_not_matter(weeks: Tables, features: pd.DataFrame) -> None:
    """Shuffled tables give the same features."""
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in weeks.items()}
    pd.testing.assert_frame_equal(build(shuffled), features, check_exact=True)


def test_asking_earlier_knows_less(weeks: Tables, features: pd.DataFrame) -> None:
    """A day ahead, the newest of the same plane is at least as old at departure."""
    earlier = build(weeks, horizon_minutes=1440)
    two_hours, a_day = features["dep_age_plane"] + 120, earlier["dep_age_plane"] + 1440
    both = two_hours.notna() & a_day.notna()
    assert (a_day[both] >= two_hours[both]).all()
    assert (a_day[both] > two_hours[both]).mean() > 0.3


def test_asking_too_late_is_refused(weeks: Tables) -> None:
    """Flights leave up to 43 minutes early."""
    with pytest.raises(ValueError, match=r"horizon_minutes is 30, expected at least 60"):
        build(weeks, horizon_minutes=30)


def test_a_day_without_any_outcome_still_has_features(weeks: Tables) -> None:
    """As on the first day of a new installation."""
    flights = weeks["flights"].head(800).assign(dep_delay=np.nan, arr_delay=np.nan)
    built = build(weeks | {"flights": flights})
    assert built["dep_delay_origin_24h"].isna().all()
    assert built["late"].isna().all()
    assert list(built.columns[: len(BESIDE)]) == list(BESIDE)
    assert timeline(flights, weeks["airports"]).landed.min() == NEVER
