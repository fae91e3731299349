"""The year as callers and airports lived it: two hours before a flight somebody asks, and then it lands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd

from flights import ingest
from flights.features import build_features, feature_names
from flights.splits import HOME
from workbench.rehearsal.feed import Day

HORIZON = 120  # minutes before its scheduled departure at which a flight is asked about


def feed(begin: datetime, end: datetime) -> Iterator[Day]:
    """Yield the days of New York in a time, each with its requests and its labels in order of time.

    Each flight is asked about once, `HORIZON` minutes before it is to leave, with what is known then. It is
    labelled when it lands, if it does, and only where it was asked about since `begin`.

    Args:
        begin: the first moment, a midnight in New York.
        end: the first moment after, likewise.
    """
    features = _features(end)
    asked = features["scheduled_at"] - pd.Timedelta(minutes=HORIZON)
    columns = ["flight_id", *feature_names(features)]
    requests = features.loc[_within(asked, begin, end), columns].assign(at=asked)
    landed = features["landed_at"]
    known = _within(landed, begin, end) & (asked >= begin)
    labels = pd.DataFrame({"at": landed, "entity": features["flight_id"], "label": features["late"]})[known]
    requests, labels = (each.sort_values("at", kind="stable") for each in (requests, labels))
    labels["label"] = labels["label"].astype("int64")
    midnight = begin
    while midnight < end:
        after = _next_midnight(midnight)
        day = pd.Timestamp(midnight).tz_convert(HOME).date()
        yield Day(day, _between(requests, midnight, after), _between(labels, midnight, after))
        midnight = after


def _features(end: datetime) -> pd.DataFrame:
    """Return the features of all flights that may be asked about before a moment."""
    flights = ingest.read_flights()
    soon = flights["scheduled_at"] < end + timedelta(days=2)  # timetables are known ahead
    tables = (ingest.read_weather(), ingest.read_planes(), ingest.read_airports())
    return build_features(flights[soon], *tables, horizon_minutes=HORIZON)


def _within(moments: pd.Series, begin: datetime, end: datetime) -> pd.Series:
    return (moments >= begin) & (moments < end)


def _between(table: pd.DataFrame, begin: datetime, end: datetime) -> pd.DataFrame:
    first, last = table["at"].searchsorted(pd.to_datetime([begin, end], utc=True))
    return table.iloc[first:last]


def _next_midnight(midnight: datetime) -> datetime:
    day = pd.Timestamp(midnight).tz_convert(HOME).tz_localize(None) + pd.Timedelta(days=1)
    return day.tz_localize(HOME).to_pydatetime()
