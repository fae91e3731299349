from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.registry.rows import frame_of, judge, scored
from workbench.registry.gate import GateResult, Scored
from workbench.registry.verdict import Verdict

_SLICES: dict[str, Any] = {"by": ["shop", "half"], "metric": "auc", "at_least": 0.6, "min_rows": 500}


def _judge(evidence: Scored, **settings: Any) -> GateResult:
    return judge("slices", evidence, **{**_SLICES, **settings})


def _blind_in(shop: str) -> Scored:
    frame = frame_of()
    evidence = scored(frame)
    return replace(evidence, score=np.where(frame["shop"] == shop, 0.5, evidence.score))


def test_slices_that_are_all_good_enough_pass() -> None:
    """The worst is named all the same, and every slice stands in the table."""
    result = _judge(scored())
    assert result.verdict is Verdict.PASS
    assert result.summary.startswith("worst of 5 slices is ")
    assert {(row["column"], row["value"]) for row in result.table} == {
        ("shop", "north"),
        ("shop", "south"),
        ("shop", "west"),
        ("half", "0"),
        ("half", "1"),
    }
    assert sum(row["rows"] for row in result.table) == 2 * 6000


def test_one_slice_below_the_bar_fails_and_is_named() -> None:
    """What is good on the whole may be no good for some."""
    result = _judge(_blind_in("west"))
    assert result.verdict is Verdict.FAIL
    assert "shop=west with auc 0.5000" in result.summary
    assert result.evidence["worst"]["value"] == "west"
    assert result.evidence["beyond"] == 1
    assert GateResult.from_dict(result.to_dict()) == result


def test_metrics_that_should_be_small_have_their_worst_slice_above() -> None:
    """`at_most` holds losses."""
    result = _judge(_blind_in("west"), metric="log_loss", at_least=None, at_most=0.65)
    assert result.verdict is Verdict.FAIL
    assert result.evidence["worst"]["value"] == "west"


def test_small_slices_are_judged_together() -> None:
    """Being small is no way out: 400 rows here and 400 there make a slice of 800."""
    frame = frame_of().assign(
        town=lambda rows: np.where(rows.index < 400, "a", np.where(rows.index < 800, "b", "c"))
    )
    evidence = scored(frame)
    blind = replace(evidence, score=np.where(frame["town"] == "c", evidence.score, 0.5))
    assert _judge(evidence, by=["town"]).verdict is Verdict.PASS
    result = _judge(blind, by=["town"])
    assert result.verdict is Verdict.FAIL
    assert (result.evidence["worst"]["value"], result.evidence["worst"]["rows"]) == ("(others)", 800)


def _towns(*sizes: int) -> Scored:
    frame = frame_of(sum(sizes))
    return scored(frame.assign(town=np.repeat([f"town{n}" for n in range(len(sizes))], sizes)))


@pytest.mark.parametrize(
    ("evidence", "settings", "words"),
    [
        (_towns(4000, 300), {}, "town=town1 has 300 rows, too few to judge"),
        (
            _towns(4000, 900),
            {"expected": {"town": ["town0", "town9"]}},
            "town=town9 is expected, but has 0 rows",
        ),
        (_towns(4000, 30), {"expected": {"town": ["town1"]}}, "town=town1 is expected, but has 30 rows"),
        (_towns(*[100] * 20), {}, "no value of town has 500 rows"),
        (_towns(300, 100), {}, "no value of town has 500 rows"),
        (_towns(*[2] * 1001), {}, "town has 1,001 values, too many to be groups"),
    ],
    ids=["too small", "empty", "expected but small", "all small", "few rows", "no groups"],
)
def test_what_cannot_be_judged_is_inconclusive(
    evidence: Scored, settings: dict[str, Any], words: str
) -> None:
    """Where rows enough go unjudged, or a slice that must be there is not, nothing passes."""
    result = _judge(evidence, by=["town"], **settings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert words in result.summary


def test_a_handful_of_rows_may_go_unjudged() -> None:
    """Up to one row in a hundred, unless said otherwise."""
    assert _judge(_towns(4000, 30), by=["town"]).verdict is Verdict.PASS
    assert _judge(_towns(4000, 30), by=["town"], unjudged=0.0).verdict is Verdict.INCONCLUSIVE


def test_rows_without_a_value_are_a_slice_and_no_value_at_all_is_inconclusive() -> None:
    """Missing is a group like another, but a column of nothing slices nothing."""
    frame = frame_of()
    some = frame.assign(shop=frame["shop"].mask(frame["shop"] == "west"))
    result = _judge(scored(some), by=["shop"])
    assert "(missing)" in {row["value"] for row in result.table}
    nothing = _judge(scored(frame.assign(town=None)), by=["town"])
    assert nothing.verdict is Verdict.INCONCLUSIVE


def test_a_slice_whose_metric_is_undefined_is_inconclusive() -> None:
    """All rows of one class have no AUC; that is neither good nor bad."""
    frame = frame_of()
    frame["late"] = np.where(frame["shop"] == "west", 1.0, frame["late"])
    result = _judge(scored(frame), by=["shop"])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "shop=west: auc needs both classes" in result.summary
    assert any(row["metric"] is None and row["note"] for row in result.table)


def test_missing_evidence_is_inconclusive() -> None:
    """NaN, no rows or no frame never pass."""
    evidence = scored()
    hole = np.where(np.arange(evidence.rows) == 3, np.nan, evidence.score)
    nobody = scored(frame_of().iloc[:0])
    for case in (replace(evidence, score=hole), replace(evidence, frame=None), nobody):
        assert _judge(case).verdict is Verdict.INCONCLUSIVE
