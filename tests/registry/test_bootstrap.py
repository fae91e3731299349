from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.registry.bootstrap import block_bounds


def _days(random: np.random.Generator, number: int, shared: float) -> tuple[np.ndarray, np.ndarray]:
    """Return values of true mean 0 whose rows share their day's fate, with the day of each row."""
    sizes = random.integers(50, 300, number)
    day = np.repeat(np.arange(number), sizes)
    return shared * random.normal(size=number)[day] + random.normal(size=len(day)), day


@pytest.mark.parametrize("number", [10, 28, 90])
def test_bounds_are_wrong_no_more_often_than_declared(number: int) -> None:
    """With shared days, the true mean lies above the upper or below the lower bound in 5 % of cases each."""
    random = np.random.default_rng(number)
    trials = 400
    bounds = [block_bounds(*_days(random, number, 0.4), resamples=500) for _ in range(trials)]
    at_most = stats.binom.ppf(0.999, trials, 0.05)
    assert sum(b.lower > 0 for b in bounds) <= at_most
    assert sum(b.upper < 0 for b in bounds) <= at_most


def test_rows_taken_as_independent_would_lie() -> None:
    """The same data with a block per row claims a difference in many cases where there is none."""
    random = np.random.default_rng(5)
    samples = [_days(random, 28, 0.4)[0] for _ in range(100)]
    bounds = [block_bounds(values, np.arange(len(values))) for values in samples]
    assert sum(b.lower > 0 or b.upper < 0 for b in bounds) > 50


def test_the_same_data_gives_the_same_bounds() -> None:
    """A verdict can be repeated by anybody, and the order of the rows does not matter."""
    values, day = _days(np.random.default_rng(1), 20, 0.5)
    turned = block_bounds(values[::-1], day[::-1])
    again = block_bounds(values, day)
    assert (turned.lower, turned.upper) == pytest.approx((again.lower, again.upper), rel=1e-9)


def test_bounds_follow_a_shift_and_a_scale() -> None:
    """Units do not matter: bounds of 2x + 3 are 2 · bounds + 3, also far from zero."""
    values, day = _days(np.random.default_rng(2), 20, 0.5)
    plain, moved = block_bounds(values, day), block_bounds(values * 2 + 3e6, day)
    assert moved.upper - 3e6 == pytest.approx(2 * plain.upper, rel=1e-5)
    assert moved.lower - 3e6 == pytest.approx(2 * plain.lower, rel=1e-5)


def test_many_blocks_agree_with_the_draws() -> None:
    """Beyond a thousand blocks the bounds come without draws, and continue those with draws."""
    values, day = _days(np.random.default_rng(3), 1001, 0.3)
    few, many = block_bounds(values[day < 1000], day[day < 1000], resamples=4000), block_bounds(values, day)
    assert many.upper - many.mean == pytest.approx(few.upper - few.mean, rel=0.05)


def test_models_that_agree_everywhere_have_no_uncertainty() -> None:
    """Equal losses give a difference of exactly zero, not NaN."""
    bounds = block_bounds(np.zeros(100), np.repeat(np.arange(10), 10))
    assert (bounds.mean, bounds.lower, bounds.upper) == (0, 0, 0)


def test_one_block_bounds_nothing() -> None:
    """A single day says nothing of other days."""
    bounds = block_bounds(np.random.default_rng(0).normal(size=100), np.zeros(100, dtype=np.int64))
    assert (bounds.lower, bounds.upper, bounds.blocks) == (-np.inf, np.inf, 1)
