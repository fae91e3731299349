from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from workbench.registry.gate import Unmeasurable
from workbench.registry.metric import METRICS, measure, row_losses

_RANDOM = np.random.default_rng(3)
_Y = (_RANDOM.random(500) < 0.3).astype(float)
_SCORE = np.minimum(_Y * 0.2 + _RANDOM.integers(0, 80, 500) / 100, 1.0)  # hundredths: with ties
_CLASS = _RANDOM.integers(0, 3, 500).astype(float)
_TABLE = _RANDOM.dirichlet([1, 1, 1], 500)
_VALUE = _RANDOM.normal(50, 10, 500)
_GUESS = _VALUE + _RANDOM.normal(0.0, 5.0, 500)


def test_a_probability_of_nothing_costs_a_finite_loss() -> None:
    """One row that was thought impossible does not make the whole metric infinite."""
    assert measure("log_loss", "binary", np.array([1.0, 0.0]), np.array([0.0, 0.0])) == pytest.approx(
        17.27, abs=0.01
    )


@pytest.mark.parametrize(
    ("metric", "task", "y", "score", "expected"),
    [
        ("auc", "binary", _Y, _SCORE, metrics.roc_auc_score(_Y, _SCORE)),
        ("log_loss", "binary", _Y, _SCORE * 0.9 + 0.05, metrics.log_loss(_Y, _SCORE * 0.9 + 0.05)),
        ("brier", "binary", _Y, _SCORE, metrics.brier_score_loss(_Y, _SCORE)),
        ("accuracy", "binary", _Y, _SCORE, metrics.accuracy_score(_Y, _SCORE >= 0.5)),
        ("log_loss", "multiclass", _CLASS, _TABLE, metrics.log_loss(_CLASS, _TABLE)),
        ("accuracy", "multiclass", _CLASS, _TABLE, metrics.accuracy_score(_CLASS, _TABLE.argmax(axis=1))),
        (
            "brier",
            "multiclass",
            _CLASS,
            _TABLE,
            ((_TABLE - np.eye(3)[_CLASS.astype(int)]) ** 2).sum(1).mean(),
        ),
        ("mae", "regression", _VALUE, _GUESS, metrics.mean_absolute_error(_VALUE, _GUESS)),
        ("mse", "regression", _VALUE, _GUESS, metrics.mean_squared_error(_VALUE, _GUESS)),
        ("rmse", "regression", _VALUE, _GUESS, metrics.root_mean_squared_error(_VALUE, _GUESS)),
        ("r2", "regression", _VALUE, _GUESS, metrics.r2_score(_VALUE, _GUESS)),
    ],
)
def test_metrics_agree_with_scikit_learn(
    metric: str, task: str, y: np.ndarray, score: np.ndarray, expected: float
) -> None:
    """A metric is what everybody else means by its name."""
    assert measure(metric, task, y, score) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "metric", [m for m in METRICS.values() if m.loss and m.better == "lower"], ids=lambda m: m.name
)
def test_the_mean_of_row_losses_is_the_metric(metric: object) -> None:
    """What a comparison adds up row by row is what the metric says of the whole."""
    name, task = metric.name, metric.tasks[0]  # type: ignore[attr-defined]
    y, score = (_VALUE, _GUESS) if task == "regression" else (_Y, _SCORE)
    assert row_losses(name, task, y, score, "candidate").mean() == pytest.approx(
        measure(name, task, y, score)
    )


@pytest.mark.parametrize(
    ("metric", "task", "y", "score", "words"),
    [
        ("auc", "binary", [], [], "no rows"),
        ("auc", "binary", [0, 1, np.nan], [0.1, 0.2, 0.3], "the truth is missing or not a number in 1 of 3"),
        (
            "auc",
            "binary",
            [0, 1, 0],
            [0.1, np.nan, np.inf],
            "candidate's score is missing or not a number in 2",
        ),
        ("auc", "binary", [1, 1, 1], [0.1, 0.2, 0.3], "both classes, but all 3 rows are of one"),
        (
            "log_loss",
            "binary",
            [0, 1, 1],
            [0.1, 1.2, -0.1],
            "2 of the candidate's scores are not probabilities",
        ),
        ("log_loss", "binary", [0, 2, 1], [0.1, 0.2, 0.1], "1 truths are none of the 2 classes"),
        ("log_loss", "multiclass", [0, 3], [[0.5, 0.5, 0], [0.2, 0.3, 0.5]], "1 truths are none of the 3"),
        ("r2", "regression", [4, 4], [1, 2], "r2 needs values that differ"),
        ("mae", "regression", [4, 4], [1, np.nan], "in 1 of 2 rows"),
    ],
)
def test_what_cannot_be_measured_says_why(
    metric: str, task: str, y: list[float], score: list[float], words: str
) -> None:
    """Missing, infinite or impossible evidence is named and never turned into a number."""
    with pytest.raises(Unmeasurable, match=words):
        measure(metric, task, np.array(y, float), np.array(score, float))
