from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.registry.rows import frame_of, judge, scored
from workbench.registry.gate import GateResult, Scored
from workbench.registry.verdict import Verdict

_BIAS: dict[str, Any] = {"by": ["half"], "metric": "bias", "max_difference": 0.06}


def _judge(evidence: Scored, **settings: Any) -> GateResult:
    return judge("fairness", evidence, **{**_BIAS, **settings})


def _told_more_in_one_half(by: float) -> Scored:
    frame = frame_of()
    evidence = scored(frame)
    return replace(evidence, score=np.clip(evidence.score + by * (frame["half"] == 1).to_numpy(), 0, 1))


@pytest.mark.parametrize(
    ("by", "verdict"),
    [(0.0, Verdict.PASS), (0.06, Verdict.INCONCLUSIVE), (0.15, Verdict.FAIL), (-0.15, Verdict.FAIL)],
)
def test_the_bounds_of_the_difference_decide(by: float, verdict: Verdict) -> None:
    """Within the limit passes, beyond it fails in either direction, and across it is inconclusive."""
    assert _judge(_told_more_in_one_half(by)).verdict is verdict


@pytest.mark.parametrize(
    "metric",
    ["auc", "log_loss", "brier", "accuracy", "selection_rate", "true_positive_rate", "false_positive_rate"],
)
def test_every_metric_is_that_of_fairlearn_and_fair_between_halves_by_lot(metric: str) -> None:
    """The groups' values are a MetricFrame's, and their difference is that of the bounds."""
    result = _judge(scored(), metric=metric, max_difference=0.2)
    groups = result.evidence["groups"]["half"]
    assert result.verdict is Verdict.PASS, result.summary
    assert result.evidence["difference"]["value"] == pytest.approx(groups["0"] - groups["1"])
    assert result.evidence["difference"]["lower"] < result.evidence["difference"]["upper"]
    assert GateResult.from_dict(result.to_dict()) == result


def test_rates_are_shares_of_those_that_they_are_among() -> None:
    """Of the late in each group, the share that has the threshold or more."""
    frame = frame_of()
    evidence = scored(frame)
    result = _judge(evidence, metric="true_positive_rate", threshold=0.4, max_difference=0.5)
    for half in (0, 1):
        late = (frame["half"] == half) & (frame["late"] == 1)
        assert result.evidence["groups"]["half"][str(half)] == pytest.approx(
            (evidence.score[late.to_numpy()] >= 0.4).mean()
        )


def test_a_ratio_has_bounds_of_its_own() -> None:
    """Four fifths: north is selected far less often than west."""
    result = _judge(scored(), by=["shop"], metric="selection_rate", max_difference=None, min_ratio=0.8)
    assert result.verdict is Verdict.FAIL
    assert len(result.table) == 3
    ratio = result.evidence["ratio"]
    assert ratio["lower"] < ratio["value"] < ratio["upper"] < 0.8
    groups = result.evidence["groups"]["shop"]
    assert ratio["value"] == pytest.approx(groups["north"] / groups["west"])


def _small() -> Scored:
    frame = frame_of()
    return scored(frame.assign(town=np.where(frame.index < 100, "small", "large")))


def _without(share: int) -> Scored:
    frame = frame_of()
    return scored(frame.assign(half=frame["half"].where(frame.index >= share)))


@pytest.mark.parametrize(
    ("evidence", "settings", "words"),
    [
        (_small(), {"by": ["town"]}, "town=small has 100 rows, too few to judge; at least 500 are needed"),
        (_without(100), {}, "100 of 6,000 rows have no half"),
        (_without(6000), {}, "6,000 of 6,000 rows have no half"),
        (scored(frame_of().assign(half=1)), {}, "half is 1 in every row; two groups are needed"),
        (scored(frame_of(days=5)), {}, "5 blocks of 1d are too few"),
        (scored(frame_of().iloc[:0]), {}, "there are no rows"),
        (replace(scored(), frame=None), {}, "no frame was given"),
        (replace(scored(), times=None), {}, "times were not given"),
        (scored(score=np.full(6000, np.nan)), {}, "score is missing or not a number in 6,000"),
        (
            scored(score=np.zeros(6000)),
            {"metric": "selection_rate", "min_ratio": 0.8},
            "of which there is no ratio",
        ),
        (scored(y=np.arange(6000) % 2.0), {"metric": "auc"}, "half=0: auc needs both classes"),
        (
            scored(y=np.arange(6000) % 2.0),
            {"metric": "true_positive_rate"},
            "half=0: true_positive_rate needs rows of",
        ),
    ],
)
def test_what_cannot_be_compared_is_inconclusive(
    evidence: Scored, settings: dict[str, Any], words: str
) -> None:
    """A group that cannot be judged is not shown to be treated fairly."""
    result = _judge(evidence, **settings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert words in result.summary


def test_few_rows_without_a_group_are_left_out() -> None:
    """One in a hundred may be."""
    assert _judge(_without(50)).verdict is Verdict.PASS


def test_groups_by_lot_are_called_unfair_no_more_often_than_declared() -> None:
    """Nine groups by lot, thirty-six pairs: the more are compared, the surer each has to be."""
    trials, wrong = 60, 0
    for seed in range(trials):
        frame = frame_of(3000, seed=seed)
        frame["town"] = np.random.default_rng(seed).integers(0, 9, len(frame))
        result = _judge(scored(frame), by=["town"], min_rows=100, max_difference=1e-9, resamples=400)
        wrong += result.verdict is Verdict.FAIL
    assert wrong <= stats.binom.ppf(0.999, trials, 0.10)
