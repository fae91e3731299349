"""The test by blocks, and the correction for many columns."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from workbench.data.drift.discovery import adjusted
from workbench.data.drift.permutation import Question, permuted_p, smallest_p


def test_the_share_of_permutations_is_that_of_all_of_them() -> None:
    """Of nine blocks there are 84 ways to choose three; the draws come near the exact share."""
    random = np.random.default_rng(0)
    ours, theirs = random.poisson(30, (6, 4)), random.poisson([45, 30, 30, 20], (3, 4))
    theirs = theirs * ours.sum() * 3 // (6 * theirs.sum())
    gaps = np.array([0.5, 0.2, 0.3, 0.0])
    blocks = np.concatenate([ours, theirs])

    def area(chosen: tuple[int, ...]) -> float:
        window = blocks[list(chosen)].sum(axis=0)
        rest = blocks.sum(axis=0) - window
        return float((np.abs(np.cumsum(window / window.sum() - rest / rest.sum())) * gaps).sum())

    ways = [area(chosen) for chosen in itertools.combinations(range(9), 3)]
    exact = np.mean([way >= area((6, 7, 8)) - 1e-9 for way in ways])
    found = permuted_p([Question(ours, theirs, gaps)], rate=0.05)
    assert found[0] == pytest.approx(exact, abs=0.03)


def test_columns_are_asked_about_each_by_itself() -> None:
    """One that differs does not colour those beside it."""
    random = np.random.default_rng(1)
    same = Question(random.poisson(50, (40, 5)), random.poisson(50, (7, 5)))
    other = Question(random.poisson(50, (40, 3)), random.poisson([10, 50, 90], (7, 3)))
    ordered = other._replace(gaps=np.array([1.0, 1, 0]))
    alone = permuted_p([same], rate=0.05)
    found = permuted_p([other, same, ordered], rate=0.05)
    assert found[0] == found[2] == pytest.approx(1 / 2001)
    assert found[1] > 0.05
    assert abs(found[1] - alone[0]) < 0.1  # thinning is drawn anew


def test_empty_bins_and_blocks_are_no_difference() -> None:
    """A constant column gives the largest p, not an error."""
    empty = Question(np.zeros((10, 2), int), np.zeros((5, 2), int))
    constant = Question(np.full((10, 1), 9), np.full((5, 1), 9), np.zeros(1))
    assert permuted_p([empty, constant], rate=0.05) == [1.0, 1.0]


def test_the_smallest_p_follows_from_the_blocks_and_the_draws() -> None:
    """Many columns ask for more draws."""
    assert smallest_p(2, 2, 1, 0.05) == pytest.approx(1 / 6)
    assert smallest_p(300, 7, 1, 0.05) == pytest.approx(1 / 2001)
    assert smallest_p(300, 7, 500, 0.05) == pytest.approx(1 / 10_001)


def test_adjusted_p_are_those_of_scipy() -> None:
    """Benjamini and Hochberg's."""
    random = np.random.default_rng(2)
    for number in (1, 2, 50):
        ps = random.random(number) ** 3
        assert adjusted(ps.tolist()) == pytest.approx(false_discovery_control(ps))
    assert adjusted([]) == []
