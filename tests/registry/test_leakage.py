from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.registry.rows import Model, frame_of, judge, scored
from workbench.registry.gate import GateResult, Scored
from workbench.registry.suspicion import alone
from workbench.registry.verdict import Verdict

_RULE: dict[str, Any] = {"max_auc": 0.9, "max_share": 0.97, "max_importance": 0.75}


class _Knows(Model):
    """Reads another column, too, and goes by it."""

    def __init__(self, name: str, weight: float) -> None:
        super().__init__()
        self.feature_names_in_ = np.array(["x", "z", "shop", name])
        self._name, self._weight = name, weight

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        late = super().predict_proba(rows)[:, 1]
        logit = np.log(late / (1 - late)) + self._weight * pd.to_numeric(rows[self._name]).to_numpy()
        chance = 1 / (1 + np.exp(-logit))
        return np.stack([1 - chance, chance], axis=1)


def _frame() -> pd.DataFrame:
    frame = frame_of()
    random = np.random.default_rng(9)
    frame["delay"] = 30 * frame["late"] + random.normal(size=len(frame))
    frame["landed"] = pd.Timestamp("2013-01-01") + pd.to_timedelta(1000 + 100 * frame["delay"], unit="s")
    frame["taxi"] = frame["delay"] * 3 + 1
    frame["idle"] = random.normal(size=len(frame))
    return frame


def _judge(evidence: Scored, **settings: Any) -> GateResult:
    return judge("leakage", evidence, **{**_RULE, **settings})


def test_features_that_each_know_a_part_pass() -> None:
    """The best feature alone, and the one that the model goes by most, are named all the same."""
    result = _judge(scored())
    assert result.verdict is Verdict.PASS, result.summary
    assert result.evidence["best"]["feature"] == "x"
    assert result.evidence["heaviest"]["feature"] == "x"
    assert sum(row["importance"] for row in result.table) == pytest.approx(1)
    assert GateResult.from_dict(result.to_dict()) == result


@pytest.mark.parametrize(
    ("name", "weight", "settings", "words"),
    [
        ("taxi", 0.01, {}, "taxi: auc alone 1.0000, at most 0.9"),
        ("taxi", 0.0, {"max_auc": 1.0}, "of the model's advantage, at most 97%"),
        ("idle", 5.0, {"max_share": 9.0}, "idle: .* of the importance, at most 75%"),
        ("delay", 0.0, {"outcome": ["delay"]}, "delay: it is known only with the outcome"),
        ("taxi", 0.0, {"outcome": ["delay"]}, "taxi: it says the same as delay"),
        ("taxi", 0.0, {"outcome": ["landed"]}, "taxi: it says the same as landed"),
    ],
)
def test_a_feature_that_is_too_good_fails(
    name: str, weight: float, settings: dict[str, Any], words: str
) -> None:
    """It knows the truth alone, carries the model, or comes from the outcome."""
    result = _judge(scored(_frame(), _Knows(name, weight)), **settings)
    assert result.verdict is Verdict.FAIL
    assert re.search(words, result.summary), result.summary
    assert result.evidence["suspects"][0]["feature"] == name


def test_a_feature_that_was_looked_at_is_allowed() -> None:
    """By name, in workbench.toml, where it can be seen."""
    evidence = scored(_frame(), _Knows("taxi", 0.001))
    assert _judge(evidence, outcome=["delay"], allowed=["taxi"]).verdict is Verdict.PASS


def test_names_count_by_other_rows_of_their_name() -> None:
    """A name that occurs once tells nothing of itself; one that tells the truth does."""
    frame = frame_of()
    y = frame["late"].to_numpy()
    ids = pd.Series([f"id{row}" for row in range(len(frame))])
    assert alone("binary", y, ids) < 0.55
    assert alone("binary", y, pd.Series(np.where(y == 1, "b", "a"))) > 0.99
    assert 0.55 < alone("binary", y, frame["shop"]) < 0.7


@pytest.mark.parametrize(
    ("task", "y", "column", "expected"),
    [
        ("binary", np.array([0.0, 1.0] * 50), pd.Series([2.0, 1.0] * 50), 1.0),
        ("binary", np.array([0.0, 1.0] * 50), pd.Series([np.nan, 1.0] * 50), 1.0),
        ("binary", np.array([0.0, 1.0] * 50), pd.Series([np.nan] * 100), 0.5),
        ("binary", np.ones(100), pd.Series(range(100)), 0.5),
        ("regression", np.arange(100.0), pd.Series(range(100)) * -3, 1.0),
        ("multiclass", np.repeat([0.0, 1.0, 2.0], 50), pd.Series(np.repeat([5.0, 9.0, 7.0], 50)), 5 / 6),
        ("multiclass", np.repeat([0.0, 1.0, 2.0], 50), pd.Series(np.repeat(["a", "b", "c"], 50)), 1.0),
    ],
)
def test_a_feature_alone_is_measured_for_every_task(
    task: str, y: np.ndarray, column: pd.Series, expected: float
) -> None:
    """In either direction, a missing value being a value of its own."""
    assert alone(task, y, column) == pytest.approx(expected)


@pytest.mark.parametrize(
    "evidence",
    [
        replace(scored(), frame=None),
        replace(scored(), candidate=None),
        scored(frame_of().iloc[:0]),
        scored(score=np.full(6000, np.nan)),
        scored(score=np.full(6000, 0.5)),
    ],
    ids=["no frame", "no candidate", "no rows", "no numbers", "no better than chance"],
)
def test_missing_evidence_is_inconclusive(evidence: Scored) -> None:
    """What cannot be looked at is not innocent."""
    assert _judge(evidence).verdict is Verdict.INCONCLUSIVE
