"""By how much the losses of two models differ, day by day of the real year 2013."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from flights import ingest
from workbench.registry.metric import log_losses

_NUMBERS = ("hour", "distance", "wind_speed", "wind_gust", "visib", "precip", "pressure", "temp", "humid")
_NAMES = ("carrier", "origin", "dest")
_SETTINGS = {
    "objective": "binary",
    "verbose": -1,
    "num_threads": 1,
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "deterministic": True,
}
Floats = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


@cache
def differences() -> dict[str, Floats]:
    """Return the days' mean differences of log loss from May to December, by the pair of models.

    The pairs are: the same model grown on two halves of January and February, and one of these two months
    beside one that has seen March and April too, one that is too simple, one too greedy, one that learnt
    from shuffled labels, and one that knows nothing but the base rate.
    """
    import lightgbm

    table, late, day = _year()
    begun = np.flatnonzero(day < np.datetime64("2013-03-01"))
    longer = np.flatnonzero(day < np.datetime64("2013-05-01"))
    judged = np.flatnonzero(day >= np.datetime64("2013-05-01"))
    random = np.random.default_rng(2013)
    half = random.random(len(begun)) < 0.5
    labels = late.copy()
    labels[begun] = random.permutation(labels[begun])
    asked = table[judged]

    def scores(rows: Rows, trees: int = 30, truth: Floats = late, **settings: Any) -> Floats:
        known = lightgbm.Dataset(table[rows], truth[rows])
        booster = lightgbm.train({**_SETTINGS, **settings}, known, trees)
        return np.asarray(booster.predict(asked, num_threads=1))

    scored = {
        "one half": scores(begun[half]),
        "other half": scores(begun[~half]),
        "two months": scores(begun),
        "four months": scores(longer),
        "simple": scores(begun, trees=10, num_leaves=3),
        "greedy": scores(begun, trees=50, num_leaves=63, learning_rate=0.3),
        "shuffled": scores(begun, truth=labels),
        "base rate": np.full(len(asked), late[begun].mean()),
    }
    losses = {name: log_losses(late[judged], score) for name, score in scored.items()}
    pairs = [("one half", "other half"), *(("two months", name) for name in list(scored)[3:])]
    _, place = np.unique(day[judged], return_inverse=True)
    counts = np.bincount(place)
    return {
        f"{ours} beside {theirs}": np.bincount(place, losses[ours] - losses[theirs]) / counts
        for theirs, ours in pairs
    }


def _year() -> tuple[Floats, Floats, np.ndarray[Any, Any]]:
    """Return what the models know of each flight that arrived, whether it was late, and its day."""
    flights = ingest.read_flights().dropna(subset=["arr_delay"])
    weather = ingest.read_weather().drop_duplicates(["origin", "time_hour"])
    kept = ["origin", "time_hour", *(name for name in _NUMBERS if name in weather and name != "hour")]
    whole = flights.merge(weather[kept], on=["origin", "time_hour"], how="left")
    columns = [whole[name].to_numpy(np.float64, na_value=np.nan) for name in _NUMBERS]
    columns += [pd.factorize(whole[name])[0].astype(np.float64) for name in _NAMES]
    day = pd.to_datetime(whole[["year", "month", "day"]]).to_numpy("datetime64[D]")
    late: Floats = (whole["arr_delay"].to_numpy(np.float64) >= 15).astype(np.float64)
    return np.column_stack(columns), late, day
