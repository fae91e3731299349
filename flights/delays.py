"""What the delays known at the cut-off say of a flight: of its origin, carrier, destination and plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flights.knowledge import Codes, Floats, Knowledge, grouped
from flights.timeline import NEVER, Minutes, Timeline

LATE = 15  # minutes; the length of delay that the whole project asks about
CAPPED = 180  # minutes; one flight that waits for a day shall not drown a mean

HOUR = 60
DAY = 24 * HOUR
MONTH = 30 * DAY


@dataclass(frozen=True)
class Keys:
    """What flights have in common, as integers: one array element for each flight."""

    city: Codes
    origin: Codes
    carrier: Codes
    dest: Codes
    number: Codes
    plane: Codes
    named_plane: NDArray[np.bool_]
    hour: Codes


def keys(flights: pd.DataFrame) -> Keys:
    """Return the groups that each flight belongs to."""
    plane = flights["tailnum"]
    return Keys(
        city=np.zeros(len(flights), np.int64),
        origin=_codes(flights["origin"]),
        carrier=_codes(flights["carrier"]),
        dest=_codes(flights["dest"]),
        number=flights["flight"].to_numpy("int64"),
        plane=_codes(plane.fillna("")),
        named_plane=plane.notna().to_numpy(),
        hour=flights["hour"].to_numpy("int64"),
    )


def departures(flights: pd.DataFrame, key: Keys, time: Timeline, cutoff: Minutes) -> dict[str, Floats]:
    """Return how late the flights were that left in the hours before the cut-off."""
    left = _values(flights["dep_delay"])
    found: dict[str, Floats] = {}
    for name, group, windows in (
        ("city", key.city, (HOUR,)),
        ("origin", key.origin, (HOUR, 3 * HOUR, DAY)),
        ("carrier", key.carrier, (3 * HOUR,)),
        ("origin_carrier", grouped(key.origin, key.carrier), (3 * HOUR,)),
    ):
        known = Knowledge(time.departed, group, left)
        for minutes in windows:
            window = known.within(group, cutoff, minutes)
            found[f"dep_delay_{name}_{_length(minutes)}"] = window.mean("delay")
            found[f"dep_late_{name}_{_length(minutes)}"] = window.mean("late")
    return found


def arrivals(flights: pd.DataFrame, key: Keys, time: Timeline, cutoff: Minutes) -> dict[str, Floats]:
    """Return how late the flights were that had landed, in the hours and in the month before the cut-off.

    `lost` is the delay added between leaving and landing: taxiing, headwind, holding, less the padding
    of the timetable.
    """
    landed = _values(flights["arr_delay"]) | {"lost": _whole(flights["arr_delay"] - flights["dep_delay"])}
    number = grouped(key.origin, key.carrier, key.number)
    route, route_carrier = grouped(key.origin, key.dest), grouped(key.origin, key.dest, key.carrier)
    found: dict[str, Floats] = {}
    for name, group, asked in (
        ("city", key.city, {3 * HOUR: ("delay", "lost")}),
        ("origin", key.origin, {HOUR: ("delay",), 3 * HOUR: ("lost",), DAY: ("delay", "lost")}),
        ("carrier", key.carrier, {DAY: ("delay",), MONTH: ("delay",)}),
        ("origin_carrier", grouped(key.origin, key.carrier), {3 * HOUR: ("delay",)}),
        ("dest", key.dest, {3 * HOUR: ("delay",), 6 * HOUR: ("lost",), DAY: ("lost",), MONTH: ("delay",)}),
        ("route", route, {DAY: ("delay",)}),
        ("route_carrier", route_carrier, {MONTH: ("delay",)}),
        ("number", number, {MONTH: ("delay", "late", "lost")}),
        ("hour", grouped(key.origin, key.hour), {MONTH: ("late",)}),
    ):
        known = Knowledge(time.landed, group, landed)
        for minutes, measures in asked.items():
            window = known.within(group, cutoff, minutes)
            for measure in measures:
                found[f"arr_{measure}_{name}_{_length(minutes)}"] = window.mean(measure)
    return found


def waiting(key: Keys, time: Timeline, cutoff: Minutes) -> dict[str, Floats]:
    """Return how many flights should have left in the three hours before the cut-off but had not.

    A cancelled flight is, at first, only one that does not leave; nothing more is known about it.
    """
    overdue = time.departed > time.scheduled
    begins = np.where(overdue, time.scheduled, NEVER)
    ends = np.where(overdue, np.minimum(time.departed, time.scheduled + 3 * HOUR), NEVER)
    found: dict[str, Floats] = {}
    for name, group in (
        ("city", key.city),
        ("origin", key.origin),
        ("carrier", key.carrier),
        ("origin_carrier", grouped(key.origin, key.carrier)),
        ("dest", key.dest),
    ):
        begun = Knowledge(begins, group, {}).ever(group, cutoff).count
        ended = Knowledge(ends, group, {}).ever(group, cutoff).count
        found[f"waiting_{name}"] = (begun - ended).astype(np.float32)
    planned = Knowledge(time.scheduled, key.origin, {}).within(key.origin, cutoff, 3 * HOUR).count
    found["waiting_share_origin"] = (found["waiting_origin"] / np.maximum(planned, 1)).astype(np.float32)
    return found


def latest(flights: pd.DataFrame, key: Keys, time: Timeline, cutoff: Minutes) -> dict[str, Floats]:
    """Return the newest that was known about the same plane, and about the same flight number.

    `turn_plane` is the time that is left for turning round at both ends when the plane flies out as last
    known and comes straight home: below zero, it cannot be back in time.
    """
    left = _values(flights["dep_delay"]) | {"planned": time.due - time.scheduled}
    landed = _values(flights["arr_delay"])
    gone, back = Knowledge(time.departed, key.plane, left), Knowledge(time.landed, key.plane, landed)
    dep_delay, dep_age = gone.latest(key.plane, cutoff, "delay")
    arr_delay, arr_age = back.latest(key.plane, cutoff, "delay")
    flown, _ = gone.latest(key.plane, cutoff, "planned")
    turn = dep_age + (time.scheduled - cutoff) - 2 * flown
    known = {
        "dep_delay_plane": dep_delay,
        "dep_age_plane": dep_age,
        "arr_delay_plane": arr_delay,
        "arr_age_plane": arr_age,
        "turn_plane": np.minimum(turn, 2 * DAY),
    }
    found = {
        name: np.where(key.named_plane, value, np.nan).astype(np.float32) for name, value in known.items()
    }
    number = grouped(key.origin, key.carrier, key.number)
    found["arr_delay_number"], _ = Knowledge(time.landed, number, landed).latest(number, cutoff, "delay")
    return found


def _values(delay: pd.Series) -> dict[str, NDArray[np.int64]]:
    minutes = _whole(delay)
    return {"delay": np.minimum(minutes, CAPPED), "late": (minutes >= LATE).astype(np.int64)}


def _whole(minutes: pd.Series) -> NDArray[np.int64]:
    filled: NDArray[np.float64] = np.nan_to_num(minutes.to_numpy("float64"))
    return filled.astype(np.int64)


def _length(minutes: int) -> str:
    return f"{minutes // DAY}d" if minutes > DAY else f"{minutes // HOUR}h"


def _codes(names: pd.Series) -> Codes:
    return pd.factorize(names, sort=True)[0].astype(np.int64)
