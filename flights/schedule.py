"""What the timetable and the registers say about a flight: all of it known long before the cut-off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flights.knowledge import Codes, Floats, Knowledge, grouped
from flights.timeline import Timeline

#: Makers of planes under their present name; everybody else builds a handful.
MAKERS = {
    "AIRBUS": "AIRBUS",
    "AIRBUS INDUSTRIE": "AIRBUS",
    "BOEING": "BOEING",
    "BOMBARDIER INC": "BOMBARDIER",
    "CANADAIR": "BOMBARDIER",
    "EMBRAER": "EMBRAER",
    "MCDONNELL DOUGLAS": "MCDONNELL",
    "MCDONNELL DOUGLAS AIRCRAFT CO": "MCDONNELL",
    "MCDONNELL DOUGLAS CORPORATION": "MCDONNELL",
}


def clock(flights: pd.DataFrame, time: Timeline) -> dict[str, Floats]:
    """Return the time of day, the day of the week, the distance and the planned duration."""
    day = pd.to_datetime(flights[["year", "month", "day"]])
    arrival = flights["sched_arr_time"]
    return {
        "minute_of_day": (flights["hour"] * 60 + flights["minute"]).to_numpy("float32"),
        "weekday": day.dt.dayofweek.to_numpy("float32"),
        "arrival_minute_of_day": (arrival // 100 * 60 + arrival % 100).to_numpy("float32"),
        "planned_minutes": (time.due - time.scheduled).astype(np.float32),
        "distance": flights["distance"].to_numpy("float32"),
    }


def congestion(origin: Codes, carrier: Codes, time: Timeline) -> dict[str, Floats]:
    """Return how many flights are planned to leave within half an hour of this one, and just before it."""
    around, before = time.scheduled + 30, time.scheduled - 1
    house = grouped(origin, carrier)
    leaving, own = Knowledge(time.scheduled, origin, {}), Knowledge(time.scheduled, house, {})
    counts = {
        "planned_origin_1h": leaving.within(origin, around, 60).count,
        "planned_origin_3h": leaving.within(origin, before, 180).count,
        "planned_carrier_1h": own.within(house, around, 60).count,
    }
    return {name: count.astype(np.float32) for name, count in counts.items()}


def aircraft(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Return age, seats and maker of each flight's plane; missing where the register lacks it."""
    register = planes.set_index("tailnum").reindex(flights["tailnum"])
    maker = register["manufacturer"].map(lambda name: MAKERS.get(name, "OTHER"), na_action="ignore")
    return pd.DataFrame(
        {
            "plane_age": (flights["year"].to_numpy() - register["year"].to_numpy()).astype("float32"),
            "seats": register["seats"].to_numpy("float32"),
            "maker": maker.to_numpy(),
        },
        index=flights.index,
    )
