"""Sums and newest values as of an instant."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from flights.knowledge import Knowledge, grouped
from flights.timeline import NEVER


def ints(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def learnt() -> Knowledge:
    """Group 0 learns 5 at minute 100 and 7 at 160; group 1 learns 9 at 130; one fact is never known."""
    return Knowledge(ints(160, 100, NEVER, 130), ints(0, 0, 0, 1), {"delay": ints(7, 5, 1000, 9)})


@pytest.mark.parametrize(
    ("key", "until", "minutes", "count", "mean"),
    [
        (0, 160, 60, 1, 7.0),
        (0, 160, 61, 2, 6.0),
        (0, 159, 60, 1, 5.0),
        (0, 99, 60, 0, np.nan),
        (0, 100, 1, 1, 5.0),
        (0, 101, 1, 0, np.nan),
        (1, 200, 100, 1, 9.0),
        (2, 200, 100, 0, np.nan),
        (0, 10**6, 10**6, 2, 6.0),
    ],
)
def test_a_window_holds_what_became_known_in_its_minutes(
    key: int, until: int, minutes: int, count: int, mean: float
) -> None:
    """The end belongs to it, the beginning does not."""
    window = learnt().within(ints(key), ints(until), minutes)
    assert window.count[0] == count
    np.testing.assert_equal(window.mean("delay")[0], np.float32(mean))


@pytest.mark.parametrize(
    ("key", "until", "value", "age"),
    [(0, 160, 7, 0), (0, 159, 5, 59), (0, 99, np.nan, np.nan), (1, 131, 9, 1), (2, 500, np.nan, np.nan)],
)
def test_the_latest_is_the_newest_known_with_its_age(key: int, until: int, value: float, age: float) -> None:
    """A group that has learnt nothing has neither."""
    got_value, got_age = learnt().latest(ints(key), ints(until), "delay")
    np.testing.assert_equal([got_value[0], got_age[0]], np.array([value, age], np.float32))


def test_of_nothing_nothing_is_known() -> None:
    """No facts at all are no error."""
    nothing = Knowledge(ints(NEVER), ints(0), {"delay": ints(3)})
    assert nothing.ever(ints(0), ints(10)).count[0] == 0
    assert np.isnan(nothing.latest(ints(0), ints(10), "delay")[0][0])


def test_sums_are_those_that_one_would_count_by_hand() -> None:
    """A thousand random facts, asked two hundred times, against a plain loop."""
    random = np.random.default_rng(1)
    at, key = random.integers(10_000, 20_000, 1000), random.integers(0, 7, 1000)
    at[random.random(1000) < 0.1] = NEVER
    value = random.integers(-50, 300, 1000)
    asked, until = random.integers(0, 7, 200), random.integers(10_000, 20_000, 200)
    window = Knowledge(at, key, {"delay": value}).within(asked, until, 180)
    for row in range(200):
        known = (key == asked[row]) & (at <= until[row]) & (at > until[row] - 180)
        assert window.count[row] == known.sum()
        assert window.total("delay")[row] == value[known].sum()


def test_each_combination_of_keys_has_its_own_number() -> None:
    """Also where one key's numbers are few and the other's many."""
    first, second = np.divmod(np.arange(60), 12)
    assert len(set(grouped(first, second, second % 2))) == 60
