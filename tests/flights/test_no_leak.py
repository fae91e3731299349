"""The proof that a feature knows nothing that was learnt after its cut-off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flights.features import BESIDE, feature_names
from flights.ingest import OUTCOMES
from flights.timeline import NEVER, Timeline, minutes_of, timeline
from flights.weather import PUBLISHED_AFTER
from tests.flights.conftest import Tables, build

HORIZON = 120
LEFT, LANDED = ["dep_time", "dep_delay"], ["arr_time", "arr_delay", "air_time"]


def cutoffs(tables: Tables, seed: int, number: int) -> list[int]:
    """Draw instants at which some flight is asked about."""
    scheduled = minutes_of(tables["flights"]["scheduled_at"])
    return [int(at) - HORIZON for at in np.random.default_rng(seed).choice(scheduled[5000:], number)]


def scrambled(tables: Tables, at: int, seed: int) -> Tables:
    """Change all that became known after `at` into other things that become known after it."""
    random = np.random.default_rng(seed)
    flights, weather = tables["flights"].copy(), tables["weather"].copy()
    time = timeline(flights, tables["airports"])
    for columns, delay, start, known in (
        (LEFT, "dep_delay", time.scheduled, time.departed),
        (LANDED, "arr_delay", time.due, time.landed),
    ):
        later = known > at
        flights.loc[later, columns] = random.integers(1, 2400, (later.sum(), len(columns))).astype("float64")
        soonest = np.maximum(at + 1 - start[later], -40)
        flights.loc[later, delay] = (soonest + random.integers(0, 400, later.sum())).astype("float64")
    unborn = minutes_of(weather["time_hour"]) + PUBLISHED_AFTER > at
    numbers = [name for name in weather.columns if name not in ("origin", "time_hour")]
    weather.loc[unborn, numbers] = random.integers(0, 60, (unborn.sum(), len(numbers)))
    return tables | {"flights": flights, "weather": weather}


def deleted(tables: Tables, at: int, seed: int) -> Tables:
    """Delete all that became known after `at`."""
    flights, weather = tables["flights"].copy(), tables["weather"]
    time = timeline(flights, tables["airports"])
    flights.loc[time.departed > at, LEFT] = np.nan
    flights.loc[time.landed > at, LANDED] = np.nan
    return tables | {
        "flights": flights,
        "weather": weather[minutes_of(weather["time_hour"]) + PUBLISHED_AFTER <= at],
    }


def bits(features: pd.DataFrame, at: int) -> dict[str, bytes]:
    """Return the exact content of each feature, of the flights that are asked about by `at`."""
    asked = features[minutes_of(features["scheduled_at"]) - HORIZON <= at]
    return {
        name: "|".join(asked[name].fillna("-")).encode()
        if asked[name].dtype == "str"
        else asked[name].to_numpy().tobytes()
        for name in feature_names(features)
    }


@pytest.mark.parametrize("change", [scrambled, deleted])
def test_what_became_known_after_a_cut_off_changes_no_bit_of_a_feature(
    weeks: Tables, features: pd.DataFrame, change: object
) -> None:
    """For every flight asked about by then, every feature, at random cut-offs of the real year."""
    assert callable(change)
    for seed, at in enumerate(cutoffs(weeks, seed=5, number=4)):
        changed = change(weeks, at, seed)
        assert not changed["flights"].equals(weeks["flights"])
        before, after = bits(features, at), bits(build(changed), at)
        assert [name for name in before if before[name] != after[name]] == []


def test_what_was_known_before_a_cut_off_does_change_features(weeks: Tables, features: pd.DataFrame) -> None:
    """Or the test above would prove nothing: all features of delays and weather see what was in time."""
    at = cutoffs(weeks, seed=6, number=1)[0]
    changed = build(scrambled(weeks, at - 7 * 24 * 60, seed=1))
    before, after = bits(features, at), bits(changed, at)
    same = {name for name in before if before[name] == after[name]}
    timetable = {name for name in before if name.startswith("planned_")}
    fixed = {"minute_of_day", "weekday", "arrival_minute_of_day", "distance", "plane_age", "seats", "maker"}
    assert same == timetable | fixed | {"origin", "carrier", "dest"}


def one_more_minute(flights: pd.DataFrame, row: int, delay: str) -> pd.DataFrame:
    changed = flights.copy()
    changed[delay] += changed.index == row
    return changed


@pytest.mark.parametrize(
    ("delay", "feature"),
    [("dep_delay", "dep_delay_city_1h"), ("arr_delay", "arr_delay_city_3h")],
)
def test_a_delay_counts_from_the_very_minute_in_which_it_became_known(
    weeks: Tables, features: pd.DataFrame, delay: str, feature: str
) -> None:
    """A flight that left, or landed, in the minute of the cut-off counts; one a minute later does not."""
    flights = weeks["flights"]
    time = timeline(flights, weeks["airports"])
    known = time.departed if delay == "dep_delay" else time.landed
    cutoff = time.scheduled - HORIZON
    row = _row_known_at_a_cut_off(time, known, cutoff)
    changed = build(weeks | {"flights": one_more_minute(flights, row, delay)})
    at_once, before = cutoff == known[row], cutoff < known[row]
    differs = ~np.isclose(features[feature], changed[feature], rtol=0, atol=0, equal_nan=True)
    assert differs[at_once].all()
    assert not differs[before].any()


def _row_known_at_a_cut_off(time: Timeline, known: np.ndarray, cutoff: np.ndarray) -> int:
    rows = np.flatnonzero((known < NEVER) & np.isin(known, cutoff) & (time.scheduled > time.scheduled[9000]))
    return int(rows[0])


def test_no_outcome_of_the_flight_itself_is_a_feature(features: pd.DataFrame) -> None:
    """Nor the label, nor when it landed."""
    names = set(feature_names(features))
    assert not names & {*OUTCOMES, *BESIDE, "scheduled_at", "tailnum"}
