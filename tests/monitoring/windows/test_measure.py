from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics

from workbench.monitoring.estimate import Calibrator, estimated, estimated_of_classes
from workbench.monitoring.measure import BIAS, Judged, measured, metrics_of
from workbench.registry.gate import Unmeasurable

BAR = 0.3
TRUE: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "auc": metrics.roc_auc_score,
    "log_loss": metrics.log_loss,
    "brier": metrics.brier_score_loss,
    "accuracy": lambda y, score: metrics.accuracy_score(y, score >= BAR),
    "precision": lambda y, score: metrics.precision_score(y, score >= BAR),
    "recall": lambda y, score: metrics.recall_score(y, score >= BAR),
    BIAS: lambda y, score: float((score - y).mean()),
}


def drawn(rows: int, seed: int, blocks: int = 7) -> Judged:
    """Return rows whose scores mean what they say."""
    random = np.random.default_rng(seed)
    score = random.beta(2, 6, rows).round(3)
    y = (random.random(rows) < score).astype(np.float64)
    return Judged("binary", y, score, np.sort(random.integers(0, blocks, rows)), BAR)


@pytest.mark.parametrize("name", sorted(TRUE))
def test_a_metric_is_what_scikit_learn_says(name: str) -> None:
    judged = drawn(2000, 1)
    found = measured(name, judged)
    assert found.bounds.mean == pytest.approx(TRUE[name](judged.y, judged.score))
    assert found.bounds.lower < found.bounds.mean < found.bounds.upper
    assert found.bounds.blocks == 7


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_metric_of_a_task_can_be_had(task: str) -> None:
    random = np.random.default_rng(0)
    score = random.dirichlet(np.ones(3), 400) if task == "multiclass" else random.random(400)
    y = random.integers(0, 3 if task == "multiclass" else 2, 400).astype(np.float64)
    judged = Judged(task, y, score, np.arange(400) // 50)
    assert all(np.isfinite(measured(name, judged).bounds.mean) for name in metrics_of(task))


@pytest.mark.parametrize(
    ("name", "y", "score", "why"),
    [
        ("auc", [1, 1], [0.2, 0.4], "of one"),
        ("precision", [1, 0], [0.1, 0.1], "decided as 1"),
        ("recall", [0, 0], [0.1, 0.9], "1 in truth"),
        ("log_loss", [], [], "no rows"),
        ("ece", [1, 0], [0.1, 0.9], "too few"),
    ],
)
def test_what_cannot_be_measured_says_why(name: str, y: list[float], score: list[float], why: str) -> None:
    judged = Judged("binary", np.array(y, float), np.array(score, float), np.zeros(len(y), int), BAR)
    with pytest.raises(Unmeasurable, match=why):
        measured(name, judged)


@pytest.mark.parametrize("name", [name for name in TRUE if name != BIAS])
def test_an_estimate_without_truths_is_what_truths_come_to_on_average(name: str) -> None:
    judged = drawn(4000, 2)
    bounds = estimated(name, judged.score, judged.score, judged.blocks, BAR)
    random = np.random.default_rng(3)
    truths = [(random.random(judged.rows) < judged.score).astype(float) for _ in range(200)]
    values = [TRUE[name](y, judged.score) for y in truths]
    assert bounds.mean == pytest.approx(np.mean(values), abs=5 * np.std(values) / 200**0.5 + 1e-3)


@pytest.mark.parametrize("name", ["log_loss", "precision", "auc"])
def test_scores_that_say_too_much_are_put_right_by_the_reference(name: str) -> None:
    """Scores are pushed towards 0 and 1; the reference's truths tell how much less they mean."""

    def pushed(judged: Judged) -> Judged:
        odds = (judged.score / (1 - judged.score)) ** 2
        return Judged("binary", judged.y, odds / (1 + odds), judged.blocks, BAR)

    held, window = pushed(drawn(40_000, 4)), pushed(drawn(40_000, 5))
    chance = Calibrator.of(held.score, held.y)(window.score)
    put_right = estimated(name, window.score, chance, window.blocks, BAR).mean
    believed = estimated(name, window.score, window.score, window.blocks, BAR).mean
    happened = TRUE[name](window.y, window.score)
    assert put_right == pytest.approx(happened, abs=0.02)
    assert abs(put_right - happened) < abs(believed - happened)


def test_several_classes_are_estimated_from_their_probabilities() -> None:
    random = np.random.default_rng(6)
    score = random.dirichlet([1, 2, 3], 3000)
    y = np.array([random.choice(3, p=row) for row in score])
    blocks = np.arange(3000) // 500
    assert estimated_of_classes("log_loss", score, blocks).mean == pytest.approx(
        metrics.log_loss(y, score), abs=0.03
    )
    assert estimated_of_classes("accuracy", score, blocks).mean == pytest.approx(
        metrics.accuracy_score(y, score.argmax(axis=1)), abs=0.03
    )
    happened = np.eye(3)[y]
    brier = float(((score - happened) ** 2).sum(axis=1).mean())
    assert estimated_of_classes("brier", score, blocks).mean == pytest.approx(brier, abs=0.03)
