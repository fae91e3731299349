"""Everything known about a flight at its cut-off, and nothing that was learnt later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flights import delays, schedule
from flights.timeline import NEVER, Timeline, timeline
from flights.weather import observed

#: Features that are names; LightGBM is told so, and their categories are stored with the model.
CATEGORIES = ("origin", "carrier", "dest", "maker")

#: Columns beside the features: the key, when the flight was to leave, when it landed, whether that was late.
BESIDE = ("flight_id", "scheduled_at", "landed_at", "late")


def build_features(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    planes: pd.DataFrame,
    airports: pd.DataFrame,
    *,
    horizon_minutes: int = 120,
) -> pd.DataFrame:
    """Return one row for each flight, in order of schedule: `BESIDE`, then the features.

    Args:
        flights: the flights table; every flight counts for congestion and for what was known of others.
        weather: hourly observations at the origins.
        planes: the register of planes.
        airports: the airports, for the time zones of the destinations.
        horizon_minutes: how long before the scheduled departure the question is asked. At least an hour:
            flights leave up to 43 minutes early, and none may be asked about after it has gone.

    Returns:
        A table; `late` and `landed_at` are missing for flights that did not reach their destination.
    """
    if horizon_minutes < 60:
        raise ValueError(
            f"horizon_minutes is {horizon_minutes}, expected at least 60.\n"
            "Flights leave up to 43 minutes early: ask an hour or more ahead."
        )
    flights = flights.sort_values(["scheduled_at", "flight_id"], ignore_index=True)
    time = timeline(flights, airports)
    cutoff = time.scheduled - horizon_minutes
    key = delays.keys(flights)
    numbers = {
        **schedule.clock(flights, time),
        **schedule.congestion(key.origin, key.carrier, time),
        **delays.departures(flights, key, time, cutoff),
        **delays.arrivals(flights, key, time, cutoff),
        **delays.waiting(key, time, cutoff),
        **delays.latest(flights, key, time, cutoff),
    }
    parts = [
        _beside(flights, time),
        flights[["origin", "carrier", "dest"]],
        pd.DataFrame(numbers, index=flights.index),
        schedule.aircraft(flights, planes),
        observed(flights, weather, cutoff),
    ]
    return pd.concat(parts, axis="columns")


def as_earliness(features: pd.DataFrame) -> pd.DataFrame:
    """Return features in which every delay counts minutes ahead of time where it counted minutes late.

    A drill: training and test share the mix-up, so no gate can see it, but those who ask send minutes late.
    """
    delays_of = [
        name for name in features.columns if name.startswith(("dep_delay_", "arr_delay_", "arr_lost_"))
    ]
    return features.assign(**{name: -features[name] for name in delays_of})


def _beside(flights: pd.DataFrame, time: Timeline) -> pd.DataFrame:
    landed = time.landed.astype("datetime64[m]").astype("datetime64[us]")
    landed[time.landed == NEVER] = np.datetime64("NaT")
    late = (flights["arr_delay"] >= delays.LATE).astype("Int8")
    return pd.DataFrame(
        {
            "flight_id": flights["flight_id"],
            "scheduled_at": flights["scheduled_at"],
            "landed_at": pd.Series(landed, index=flights.index).dt.tz_localize("UTC"),
            "late": late.where(flights["arr_delay"].notna()),
        }
    )


def feature_names(features: pd.DataFrame) -> list[str]:
    """Return the columns that a model may see."""
    return [name for name in features.columns if name not in BESIDE]
