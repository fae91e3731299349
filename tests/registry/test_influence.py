from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.registry.bootstrap import block_bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.influence import PARTS, auc_parts, parts
from workbench.registry.metric import METRICS, measure

_RANDOM = np.random.default_rng(0)
_CHANCE = np.round(_RANDOM.uniform(0.05, 0.95, 3000), 2)  # with ties
_LATE = (_RANDOM.random(3000) < _CHANCE).astype(float)
_VALUE = _CHANCE * 10 + _RANDOM.normal(size=3000)
_THREE = _RANDOM.dirichlet([1, 1, 1], 3000)
_CLASS = _RANDOM.integers(0, 3, 3000).astype(float)
_GIVEN = {"binary": (_LATE, _CHANCE), "multiclass": (_CLASS, _THREE), "regression": (_VALUE, _CHANCE * 10)}


@pytest.mark.parametrize(("metric", "task"), [(m.name, task) for m in METRICS.values() for task in m.tasks])
def test_the_mean_of_the_parts_is_the_metric(metric: str, task: str) -> None:
    """Every metric of every task is the mean of what its rows add."""
    y, score = _GIVEN[task]
    found = parts(metric, task, y, score)
    assert found.shape == (3000,)
    assert found.mean() == pytest.approx(measure(metric, task, y, score))


@pytest.mark.parametrize("metric", ["auc", "rmse", "r2"])
def test_the_scatter_of_the_parts_is_the_metrics_own(metric: str) -> None:
    """The error from the parts is that of samples drawn anew."""
    task = METRICS[metric].tasks[0]
    y, score = _GIVEN[task]
    random = np.random.default_rng(1)
    drawn = [random.integers(0, 3000, 3000) for _ in range(400)]
    values = [measure(metric, task, y[rows], score[rows]) for rows in drawn]
    error = parts(metric, task, y, score).std() / 3000**0.5
    assert np.std(values) == pytest.approx(error, rel=0.12)


def test_every_metric_has_parts() -> None:
    """A metric that is added to the table is added here."""
    assert set(PARTS) == set(METRICS)


def test_bounds_of_an_auc_are_wrong_no_more_often_than_declared() -> None:
    """With days that share their fate, the true area lies beyond each bound in 5 % of cases at most."""
    truth, trials, wrong = stats.norm.cdf(1 / 2**0.5), 200, [0, 0]
    for seed in range(trials):
        random = np.random.default_rng(seed)
        day = np.repeat(np.arange(30), random.integers(20, 60, 30))
        late = (random.random(len(day)) < random.uniform(0.2, 0.5, 30)[day]).astype(float)
        bounds = block_bounds(auc_parts(late, late + random.normal(size=len(day))), day, resamples=400)
        wrong[0] += bounds.lower > truth
        wrong[1] += bounds.upper < truth
    assert max(wrong) <= stats.binom.ppf(0.999, trials, 0.05)


@pytest.mark.parametrize(
    ("metric", "y", "score"),
    [
        ("auc", np.ones(5), np.linspace(0, 1, 5)),
        ("auc", np.array([0, 1.0]), np.array([0.1, np.nan])),
        ("log_loss", np.array([]), np.array([])),
    ],
)
def test_what_has_no_metric_has_no_parts(metric: str, y: np.ndarray, score: np.ndarray) -> None:
    """One class, a NaN and no rows are not measurable."""
    with pytest.raises(Unmeasurable):
        parts(metric, "binary", y, score)
