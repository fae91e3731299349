from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.registry.rows import Model, frame_of, judge, scored
from workbench.registry.gate import GateResult, Scored
from workbench.registry.perturbation import PERTURBATIONS, UNSEEN
from workbench.registry.verdict import Verdict

_RULE: dict[str, Any] = {"metric": "auc", "max_drop": 0.06}


def _judge(evidence: Scored, **settings: Any) -> GateResult:
    return judge("robustness", evidence, **{**_RULE, **settings})


class _Brittle(Model):
    """Answers by chance when `x` is missing."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        found = super().predict_proba(rows)
        found[rows["x"].isna().to_numpy()] = (0.98, 0.02)
        return found


class _Raises(Model):
    """Knows three shops."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        if not rows["shop"].isin(["north", "south", "west"]).all():
            raise ValueError("found unknown categories")
        return super().predict_proba(rows)


class _Nan(Model):
    """Has no answer where `z` is missing."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.where(rows["z"].isna().to_numpy()[:, None], np.nan, super().predict_proba(rows))


def test_a_model_that_bears_what_is_wrong_with_rows_passes() -> None:
    """Each way of changing rows has its drop with bounds in the evidence."""
    result = _judge(scored())
    assert result.verdict is Verdict.PASS, result.summary
    for way in ("missing", "noise", "unseen"):
        drop = result.evidence[way]["drop"]
        assert drop["lower"] < drop["value"] < drop["upper"] < 0.06
    assert GateResult.from_dict(result.to_dict()) == result


@pytest.mark.parametrize(
    ("model", "settings", "verdict", "words"),
    [
        (_Brittle(), {"missing": 0.3}, Verdict.FAIL, "missing +0."),
        (Model(), {"noise": 3.0}, Verdict.FAIL, "noise +0."),
        (Model(), {"noise": 0.75}, Verdict.INCONCLUSIVE, "noise +0."),
        (
            _Raises(),
            {"missing": 0.0},
            Verdict.FAIL,
            "unseen: it cannot score them (ValueError: found unknown",
        ),
        (_Nan(), {}, Verdict.INCONCLUSIVE, "score is missing or not a number"),
        (_Nan(), {"missing": 0.0}, Verdict.PASS, "noise"),
    ],
)
def test_the_bounds_of_the_drop_decide(
    model: Model, settings: dict[str, Any], verdict: Verdict, words: str
) -> None:
    """A large drop fails, a model that cannot score fails, and one without an answer is inconclusive."""
    result = _judge(scored(model=model), **settings)
    assert result.verdict is verdict, result.summary
    assert words in result.summary


def test_losses_drop_by_rising() -> None:
    """A metric that should be small becomes worse when it grows."""
    result = _judge(scored(model=_Brittle()), metric="log_loss", missing=0.3)
    assert result.verdict is Verdict.FAIL
    assert result.evidence["missing"]["after"] > result.evidence["before"]


def test_scores_of_another_model_are_not_its_own() -> None:
    """The candidate must score the rows as it was said to; else a good one stands in for a bad one."""
    other = scored(model=Model(lambda chance: chance**2))
    result = _judge(replace(other, score=scored().score))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "otherwise than the scores that were given" in result.summary


@pytest.mark.parametrize(
    "case",
    [
        lambda s: replace(s, frame=None),
        lambda s: replace(s, candidate=None),
        lambda s: replace(s, times=None),
        lambda s: replace(s, score=s.score * np.nan),
        lambda _: scored(frame_of().iloc[:0]),
        lambda _: scored(frame_of(days=4)),
    ],
)
def test_missing_evidence_is_inconclusive(case: Callable[[Scored], Scored]) -> None:
    """No frame, candidate, times, numbers, rows or days: no pass."""
    assert _judge(case(scored())).verdict is Verdict.INCONCLUSIVE


def test_the_same_rows_are_changed_in_the_same_way() -> None:
    """A verdict can be repeated by anybody."""
    assert _judge(scored()).to_dict() == _judge(scored()).to_dict()


@pytest.mark.parametrize("way", PERTURBATIONS)
def test_a_perturbation_changes_its_share_and_nothing_else(way: str) -> None:
    """Columns that are no features, and the frame itself, stay as they are."""
    frame = frame_of().assign(count=np.arange(6000), flag=True)
    before = frame.copy()
    changed = PERTURBATIONS[way](frame, ["x", "shop", "count", "flag"], 0.2, np.random.default_rng(0))
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_series_equal(changed["z"], frame["z"])
    share = {name: float((changed[name] != frame[name]).mean()) for name in ("x", "shop", "count", "flag")}
    expected = {
        "missing": dict.fromkeys(share, 0.2),
        "noise": {"x": 1, "count": 1, "shop": 0, "flag": 0},
        "unseen": {"x": 0, "count": 0, "shop": 0.2, "flag": 0},
    }[way]
    assert share == pytest.approx(expected, abs=0.02)
    if way == "noise":
        assert (changed["count"] - frame["count"]).std() == pytest.approx(
            0.2 * frame["count"].std(), rel=0.05
        )
    if way == "unseen":
        assert set(changed["shop"]) - set(frame["shop"]) == {UNSEEN}


def test_categories_may_be_replaced_by_a_name_never_seen() -> None:
    """A column of categories takes a new name without complaint."""
    frame = frame_of().astype({"shop": "category"})
    changed = PERTURBATIONS["unseen"](frame, ["shop"], 0.5, np.random.default_rng(0))
    assert (changed["shop"] == UNSEEN).mean() == pytest.approx(0.5, abs=0.05)
