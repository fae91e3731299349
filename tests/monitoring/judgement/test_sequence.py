"""Evidence that may be looked at after every block."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.monitoring.judgement.sequence import FIRST, REACH, STAKES, bounds, shown, wealth

_LOOK: dict[str, Any] = {"level": 0.05, "least": 10}


def test_wealth_is_what_the_stakes_come_to_block_by_block() -> None:
    """The formula once more, one block after the other, with nothing that looks ahead."""
    values = np.random.default_rng(1).normal(0.3, 1, 25)
    purses, told = [1.0] * len(STAKES), []
    for n, value in enumerate(values):
        gain = 0.2 - value
        for which, stake in enumerate(STAKES):
            if n >= FIRST:
                reach = REACH * max(abs(0.2 - before) for before in values[:n])
                purses[which] *= max(1 + stake * gain / reach, 0)
        told.append(sum(purses) / len(purses))
    assert wealth(values, 0.2, below=True) == pytest.approx(told)
    assert wealth(np.stack([values, -values]), 0.2, below=True)[0] == pytest.approx(told)


def test_what_will_come_changes_nothing_of_what_was_shown() -> None:
    values = np.random.default_rng(2).normal(-0.8, 1, 40)
    whole = shown(values, 0.0, below=True, **_LOOK)
    assert whole.any()
    for n in range(10, 40):
        assert shown(values[:n], 0.0, below=True, **_LOOK)[-1] == whole[n - 1]


def test_nothing_is_shown_by_few_blocks_or_by_none_that_differ_from_the_bound() -> None:
    assert not shown(np.full(9, -5.0), 0.0, below=True, **_LOOK).any()
    assert not shown(np.zeros(60), 0.0, below=True, **_LOOK).any()
    assert bounds([-5.0] * 9, **_LOOK) == (None, None)
    assert bounds([], **_LOOK) == (None, None)


def test_one_block_beyond_reach_ruins_for_good() -> None:
    """Whoever is hit so hard once has lost, and no later luck brings it back."""
    values = np.array([-1.0] * 8 + [9.0] + [-1.0] * 40)
    assert wealth(values, 0.0, below=True)[-1] == pytest.approx(wealth(values, 0.0, below=True)[8:].max())
    quiet = wealth(np.array([-1.0] * 49), 0.0, below=True)
    assert wealth(values, 0.0, below=True)[-1] < quiet[-1] / 100


def test_bounds_hold_the_mean_narrow_and_agree_with_what_is_shown() -> None:
    values = np.random.default_rng(3).normal(0.1, 0.05, 60)
    before: tuple[float, float] = (-np.inf, np.inf)
    for n in range(20, 61, 10):
        lower, upper = bounds(values[:n].tolist(), **_LOOK)
        assert lower is not None
        assert upper is not None
        assert before[0] <= lower < 0.1 < upper <= before[1]
        assert shown(values[:n], upper, below=True, **_LOOK)[-1]
        assert not shown(values[:n], upper - 1e-6, below=True, **_LOOK)[-1]
        before = lower, upper
    assert before[1] - before[0] < 0.06
