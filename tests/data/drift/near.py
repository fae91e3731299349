"""Columns whose effect lies near a method's limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.drift.measures import LIMITS, counts_apart, numbers_apart
from workbench.data.drift.spread import Spread, spread_of

Array = np.ndarray[Any, Any]
Sides = tuple[Array, Callable[[float], Array]]  # the reference, and the window after a shift of some size


def normal(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """A bell, moved."""
    noise = random.normal(size=theirs)
    return random.normal(5, 2, ours), lambda by: 5 + 2 * (noise + by)


def stretched(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """Waiting times that grow longer, kept in single precision."""
    noise = random.exponential(size=theirs)
    sample = random.exponential(3, ours).astype(np.float32)
    return sample, lambda by: (3 * noise * (1 + by)).astype(np.float32)


def holed(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """A bell with missing values, more of them in the window."""
    sample, moved = normal(random, ours, theirs)
    sample[random.random(ours) < 0.1] = np.nan
    gone = random.random(theirs) < 0.2
    return sample, lambda by: np.where(gone, np.nan, moved(by))


def counted(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """Whole numbers, many of them distinct."""
    from scipy.stats import poisson

    chance = random.random(theirs)
    return random.poisson(60, ours), lambda by: poisson.ppf(chance, 60 * (1 + by)).astype(np.int64)


def few(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """Whole numbers, few of them distinct."""
    from scipy.stats import poisson

    chance = random.random(theirs)
    return random.poisson(3, ours), lambda by: poisson.ppf(chance, 3 * (1 + by)).astype(np.int64)


def named(random: np.random.Generator, ours: int, theirs: int) -> Sides:
    """Names, of which the first becomes more frequent."""
    many = int(random.integers(3, 40))
    chances = random.dirichlet(np.full(many, 3.0))
    words = np.array([f"n{each}" for each in range(many)], dtype=object)
    chance = random.random(theirs)

    def moved(by: float) -> Array:
        tilted = np.cumsum(chances * np.append(1 + 5 * by, np.ones(many - 1)))
        return words[np.minimum(np.searchsorted(tilted / tilted[-1], chance), many - 1)]

    return words[random.choice(many, ours, p=chances)], moved


NUMBERS = (normal, stretched, holed, counted, few)


def near(
    method: str, kinds: tuple[Callable[..., Sides], ...], number: int, rows: tuple[int, int], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return so many columns of a reference and a window, each within a fifth of the method's limit."""
    found = _near(method, kinds, rows, seed)
    sides = [next(found) for _ in range(number)]
    reference, window = ({f"c{place}": side[which] for place, side in enumerate(sides)} for which in (0, 1))
    return pd.DataFrame(reference), pd.DataFrame(window)


def _near(
    method: str, kinds: tuple[Callable[..., Sides], ...], rows: tuple[int, int], seed: int
) -> Iterator[tuple[Array, Array]]:
    random = np.random.default_rng(seed)
    while True:
        sample, moved = kinds[int(random.integers(len(kinds)))](random, *rows)
        wanted = LIMITS[method] * random.uniform(0.82, 1.18)
        low, high = 0.0, 2.0
        for _ in range(30):
            middle = (low + high) / 2
            beyond = apart(method, sample, moved(middle)) > wanted
            if beyond != (method in ("ks", "chisquare")):
                high = middle
            else:
                low = middle
        if abs(apart(method, sample, moved(high)) / LIMITS[method] - 1) < 0.2:
            yield sample, moved(high)


def apart(method: str, reference: Array, window: Array) -> float:
    """Return how far two arrays are apart."""
    if reference.dtype == object:
        names = sorted(set(reference) | set(window))
        return counts_apart(method, _counts(reference, names), _counts(window, names))
    return numbers_apart(method, _spread(reference), _spread(window))


def _counts(column: Array, names: list[str]) -> Array:
    return pd.Series(column).value_counts().reindex(names, fill_value=0).to_numpy(np.float64)


def _spread(column: Array) -> Spread:
    return spread_of(column[~np.isnan(column)].astype(np.float64), column.dtype.name)
