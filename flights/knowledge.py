"""What was known at an instant: sums and last values over things that become known one by one.

Every number is an integer, so that its running sum is exact: what is learnt after an instant cannot change
even the last bit of what was known at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flights.timeline import NEVER, Minutes

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]


class Knowledge:
    """Facts that each become known at an instant, grouped by a key, to be summed as of any instant.

    Args:
        at: from when on each fact is known, in minutes; NEVER leaves it out.
        key: the group of each fact, a non-negative integer.
        values: the numbers of each fact, whole numbers; read only where the fact becomes known.
    """

    def __init__(self, at: Minutes, key: Codes, values: Mapping[str, NDArray[np.int64]]) -> None:
        known = np.flatnonzero(at < NEVER)
        stamps = _stamps(key[known], at[known])
        order = np.argsort(stamps, kind="stable")
        self._stamps = stamps[order]
        self._values = {name: value[known][order] for name, value in values.items()}
        self._sums = {name: np.concatenate([[0], np.cumsum(value)]) for name, value in self._values.items()}

    def within(self, key: Codes, until: Minutes, minutes: int) -> Window:
        """Return the facts of each key that became known in the `minutes` up to and including `until`."""
        return Window(self._after(key, until - minutes), self._after(key, until), self._sums)

    def ever(self, key: Codes, until: Minutes) -> Window:
        """Return all facts of each key that are known at `until`."""
        return Window(self._after(key, np.zeros_like(until)), self._after(key, until), self._sums)

    def latest(self, key: Codes, until: Minutes, name: str) -> tuple[Floats, Floats]:
        """Return the newest value of each key known at `until`, and its age in minutes; NaN where none is."""
        if not len(self._stamps):
            nothing = np.full(len(key), np.nan, np.float32)
            return nothing, nothing.copy()
        window = self.ever(key, until)
        some = window.count > 0
        at = np.where(some, window.last - 1, 0)
        value = np.where(some, self._values[name][at], np.nan).astype(np.float32)
        age = np.where(some, _stamps(key, until) - self._stamps[at], np.nan).astype(np.float32)
        return value, age

    def _after(self, key: Codes, at: Minutes) -> NDArray[np.int64]:
        return np.searchsorted(self._stamps, _stamps(key, at), side="right")


@dataclass(frozen=True)
class Window:
    """The facts between two positions, for each question asked."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    sums: Mapping[str, NDArray[np.int64]]

    @property
    def count(self) -> NDArray[np.int64]:
        """How many facts there are."""
        return self.last - self.first

    def total(self, name: str) -> NDArray[np.int64]:
        """Return the sum of one of the values."""
        return self.sums[name][self.last] - self.sums[name][self.first]

    def mean(self, name: str) -> Floats:
        """Return the mean of one of the values; NaN where there is no fact."""
        return np.where(self.count > 0, self.total(name) / np.maximum(self.count, 1), np.nan).astype(
            np.float32
        )


def grouped(*keys: NDArray[np.int64]) -> Codes:
    """Return one integer for each combination of keys."""
    combined = keys[0]
    for key in keys[1:]:
        combined = combined * (int(key.max(initial=0)) + 1) + key
    return combined


def _stamps(key: Codes, at: Minutes) -> NDArray[np.int64]:
    return key * (NEVER + 1) + at
