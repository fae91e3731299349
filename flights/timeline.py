"""When each thing about a flight happens and, with that, from when on it is known.

All instants are whole minutes since 1970 in UTC, so that midnight, the three time zones a flight may cross
and the two changes of the clock need no further thought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Minutes = NDArray[np.int64]

#: The instant of what never happens: later than any other, small enough to be packed beside a key.
NEVER = 2**26 - 1


@dataclass(frozen=True)
class Timeline:
    """The instants of every flight, one array element for each row of the flights table.

    Attributes:
        scheduled: scheduled departure; known long before.
        due: scheduled arrival, read in the time zone of the destination; known long before.
        departed: actual departure, from when on the departure delay is known. NEVER when cancelled.
        landed: actual arrival, from when on the arrival delay is known. NEVER when cancelled or diverted.
    """

    scheduled: Minutes
    due: Minutes
    departed: Minutes
    landed: Minutes


def timeline(flights: pd.DataFrame, airports: pd.DataFrame) -> Timeline:
    """Return when each flight was to leave and land, and when it did."""
    scheduled = minutes_of(flights["scheduled_at"])
    due = _due(flights, airports)
    return Timeline(
        scheduled=scheduled,
        due=due,
        departed=_after(scheduled, flights["dep_delay"]),
        landed=_after(due, flights["arr_delay"]),
    )


def minutes_of(instants: pd.Series) -> Minutes:
    """Return zone-aware timestamps as whole minutes since 1970 in UTC."""
    return instants.to_numpy("datetime64[m]").astype(np.int64)


def _after(start: Minutes, delay: pd.Series) -> Minutes:
    minutes = delay.to_numpy("float64")
    happened = np.isfinite(minutes)
    return np.where(happened, start + np.where(happened, minutes, 0).astype(np.int64), NEVER)


def _due(flights: pd.DataFrame, airports: pd.DataFrame) -> Minutes:
    zones = flights["dest"].map(airports.set_index("faa")["tzone"])
    if zones.isna().any():
        missing = sorted(flights.loc[zones.isna(), "dest"].unique())
        raise ValueError(
            f"No time zone is known for {', '.join(missing)}; expected one for every destination.\n"
            "Add it to the airports table: without it, nobody knows when these flights landed."
        )
    clock = flights["sched_arr_time"].to_numpy("int64")
    of_day = pd.Series(pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min"), index=flights.index)
    due = np.empty(len(flights), np.int64)
    for zone, rows in zones.groupby(zones).groups.items():
        due[flights.index.get_indexer(rows)] = _first_after(
            flights.loc[rows, "scheduled_at"], of_day[rows], str(zone)
        )
    return due


def _first_after(instants: pd.Series, of_day: pd.Series, zone: str) -> Minutes:
    """Return the first moment after each instant at which the clocks of `zone` show `of_day`."""
    midnight = instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    same_day = _localised(midnight + of_day, zone)
    next_day = _localised(midnight + pd.Timedelta(days=1) + of_day, zone)
    return np.where(same_day > minutes_of(instants), same_day, next_day)


def _localised(wall: pd.Series, zone: str) -> Minutes:
    ambiguous = np.zeros(len(wall), dtype=bool)
    return minutes_of(
        wall.dt.tz_localize(zone, ambiguous=ambiguous, nonexistent="shift_forward").dt.tz_convert("UTC")
    )
