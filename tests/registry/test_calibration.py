from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.registry.rows import frame_of, judge, scored
from workbench.registry.gate import GateResult, Scored
from workbench.registry.verdict import Verdict

_HONEST = scored()
_LOGIT = np.log(_HONEST.score / (1 - _HONEST.score))


def _told(slope: float = 1.0, more: float = 0.0) -> Scored:
    """Return the truth with scores that are too sure of themselves, or too high."""
    return replace(_HONEST, score=1 / (1 + np.exp(-(_LOGIT / slope + more))))


def _judge(evidence: Scored, **settings: Any) -> GateResult:
    return judge("calibration", evidence, **settings)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (_HONEST, Verdict.PASS),
        (_told(more=0.21), Verdict.INCONCLUSIVE),
        (_told(more=0.6), Verdict.FAIL),
    ],
)
def test_the_bounds_of_the_error_decide(evidence: Scored, verdict: Verdict) -> None:
    """What is said may be 4 points off what happens."""
    result = _judge(evidence, max_ece=0.04)
    assert result.verdict is verdict, result.summary
    assert sum(row["rows"] for row in result.table) == evidence.rows
    assert GateResult.from_dict(result.to_dict()) == result


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (_HONEST, Verdict.PASS),
        (_told(slope=0.85), Verdict.INCONCLUSIVE),
        (_told(slope=0.6), Verdict.FAIL),
        (_told(slope=1.7), Verdict.FAIL),
    ],
)
def test_the_bounds_of_the_slope_decide(evidence: Scored, verdict: Verdict) -> None:
    """Too sure is below 1, too timid above."""
    result = _judge(evidence, min_slope=0.85, max_slope=1.2)
    assert result.verdict is verdict, result.summary


def test_the_slope_is_that_of_a_logistic_regression() -> None:
    """Cox's: the truth on the logit of what was said."""
    from sklearn.linear_model import LogisticRegression

    found = _judge(_told(slope=0.7, more=0.3), min_slope=0.1).evidence["slope"]["value"]
    logit = (_LOGIT / 0.7 + 0.3)[:, None]
    assert found == pytest.approx(LogisticRegression(C=np.inf).fit(logit, _HONEST.y).coef_[0, 0], rel=1e-3)


def test_one_limit_that_fails_decides() -> None:
    """A good error does not make up for a bad slope."""
    result = _judge(_told(slope=0.6), max_ece=0.2, min_slope=0.85)
    assert result.verdict is Verdict.FAIL
    assert "error" in result.summary
    assert "slope" in result.summary


def test_bounds_are_wrong_no_more_often_than_declared() -> None:
    """A model without any error is not called wrong by a tiny limit, nor a slope of 1 missed."""
    trials, beyond, low, high = 100, 0, 0, 0
    for seed in range(trials):
        evidence = scored(frame_of(2000, seed=seed))
        result = _judge(evidence, max_ece=1e-9, min_slope=0.5, resamples=400)
        beyond += result.evidence["ece"]["lower"] > 1e-9
        low += result.evidence["slope"]["lower"] > 1
        high += result.evidence["slope"]["upper"] < 1
    assert max(beyond, low, high) <= stats.binom.ppf(0.999, trials, 0.05)


def test_values_have_a_slope_and_classes_an_error() -> None:
    """A regression is held by the slope of the truth on the prediction, several classes by the likeliest."""
    random = np.random.default_rng(0)
    said = random.normal(size=_HONEST.rows)
    values = Scored("regression", 0.7 * said + random.normal(size=len(said)), said, times=_HONEST.times)
    assert _judge(values, min_slope=0.6, max_slope=0.8).evidence["slope"]["value"] == pytest.approx(
        0.7, abs=0.05
    )
    chances = random.dirichlet([2, 1, 1], _HONEST.rows)
    drawn = (random.random((_HONEST.rows, 1)) > chances.cumsum(axis=1)).sum(axis=1).astype(float)
    classes = Scored("multiclass", drawn, chances, times=_HONEST.times)
    assert _judge(classes, max_ece=0.05).verdict is Verdict.PASS
    assert _judge(replace(classes, y=(drawn + 1) % 3), max_ece=0.05).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (replace(_HONEST, score=np.full(_HONEST.rows, np.nan)), "not a number in 6,000"),
        (replace(_HONEST, score=np.full(_HONEST.rows, 0.5)), "every row has the same score"),
        (replace(_HONEST, y=np.ones(_HONEST.rows)), "needs both classes"),
        (replace(_HONEST, score=np.clip(_HONEST.y, 0.1, 0.9)), "no finite slope"),
        (replace(_HONEST, times=None), "times were not given"),
        (scored(frame_of(days=5)), "5 blocks of 1d are too few"),
        (scored(frame_of(15, days=30)), "too few for 10 bins"),
        (scored(frame_of().iloc[:0]), "there are no rows"),
    ],
)
def test_what_cannot_be_measured_is_inconclusive(evidence: Scored, words: str) -> None:
    """NaN, one score, one class, few days or rows never pass."""
    result = _judge(evidence, max_ece=0.9, min_slope=0.01)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert words in result.summary
