from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from workbench.registry.gate import GateResult, Scored, judged
from workbench.registry.gates.champion import Champion
from workbench.registry.verdict import Verdict

_GATE = Champion(metric="log_loss", margin=0.01)


def _judge(scored: Scored, gate: Champion = _GATE) -> GateResult:
    return judged("champion", "champion", gate, gate.settings(), scored)


def _scored(seed: int, *, days: int = 40, worse_by: float = 0.0, shared: float = 0.02) -> Scored:
    """Return two models on the same rows; each day pulls the difference of their losses its own way."""
    random = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), random.integers(50, 150, days))
    chance = random.uniform(0.1, 0.9, len(day))
    y = (random.random(len(day)) < chance).astype(float)
    pull = np.exp(worse_by + shared * random.normal(size=days)[day])
    given = np.where(y == 1, chance, 1 - chance)
    ours = given / pull  # exactly log(pull) more loss
    score = np.where(y == 1, ours, 1 - ours)
    times = np.datetime64("2013-01-01") + day.astype("timedelta64[D]")
    return Scored("binary", y, np.clip(score, 0, 1), chance, times, champion=2)


@pytest.mark.parametrize(
    ("worse_by", "verdict"),
    [(-0.05, Verdict.PASS), (0.0, Verdict.PASS), (0.015, Verdict.INCONCLUSIVE), (0.05, Verdict.FAIL)],
)
def test_the_interval_against_the_margin_decides(worse_by: float, verdict: Verdict) -> None:
    """All of it within the margin passes, all of it beyond fails, and across is inconclusive."""
    assert _judge(_scored(1, worse_by=worse_by)).verdict is verdict


@pytest.mark.parametrize(
    ("worse_by", "wrong"), [(0.0, Verdict.FAIL), (0.01, Verdict.FAIL), (0.01, Verdict.PASS)]
)
def test_verdicts_are_wrong_no_more_often_than_declared(worse_by: float, wrong: Verdict) -> None:
    """Equal models are called worse, and models at the very margin either way, in 5 % of cases at most."""
    trials = 200
    gate = _GATE.model_copy(update={"resamples": 400})
    found = [
        _judge(_scored(seed, worse_by=worse_by, shared=0.1, days=20), gate).verdict for seed in range(trials)
    ]
    assert found.count(wrong) <= stats.binom.ppf(0.999, trials, 0.05)


def test_shuffled_scores_never_pass() -> None:
    """A model that has learnt nothing is refused every time."""
    for seed in range(20):
        scored = _scored(seed)
        shuffled = np.random.default_rng(seed).permutation(scored.score)
        assert _judge(replace(scored, score=shuffled)).verdict is Verdict.FAIL


def test_nobody_is_champion_yet() -> None:
    """The first candidate passes, with a note; but not one whose scores are no numbers."""
    first = replace(_scored(1), champion=None, champion_score=None, times=None)
    assert _judge(first).verdict is Verdict.PASS
    assert "nobody is champion yet" in _judge(first).summary
    broken = replace(first, score=np.full(first.rows, np.nan))
    assert _judge(broken).verdict is Verdict.INCONCLUSIVE


def test_missing_evidence_is_inconclusive() -> None:
    """A champion that was not scored, a NaN, a missing time or too few days never pass."""
    scored = _scored(1, worse_by=-0.5)
    assert scored.champion_score is not None
    assert scored.times is not None
    hole = np.where(np.arange(scored.rows) == 7, np.nan, 1.0)
    lost = np.where(np.arange(scored.rows) == 7, np.datetime64("NaT"), scored.times)
    cases = {
        "its scores were not given": replace(scored, champion_score=None),
        "is champion, but it has learnt from them": replace(scored, incomparable="it has learnt from them"),
        "champion's score is missing or not a number in 1 of": replace(
            scored, champion_score=scored.champion_score * hole
        ),
        "candidate's score is missing": replace(scored, score=scored.score * hole),
        "the truth is missing": replace(scored, y=scored.y * hole),
        "times are missing in 1 of": replace(scored, times=lost),
        "times were not given": replace(scored, times=None),
        "9 blocks of 1d are too few": _scored(1, days=9, worse_by=-0.5),
        "there are no rows": replace(
            scored,
            y=scored.y[:0],
            score=scored.score[:0],
            champion_score=scored.score[:0],
            times=scored.times[:0],
        ),
    }
    for words, case in cases.items():
        result = _judge(case)
        assert result.verdict is Verdict.INCONCLUSIVE, words
        assert words in result.summary


def test_the_evidence_holds_the_numbers() -> None:
    """Difference, bounds, both losses, blocks and rows can be read back, as plain JSON."""
    result = _judge(_scored(1, worse_by=0.05))
    evidence = result.evidence
    assert evidence["against"] == 2
    assert evidence["lower"] < evidence["difference"] < evidence["upper"]
    assert evidence["candidate"] - evidence["champion"] == pytest.approx(evidence["difference"])
    assert (evidence["blocks"], evidence["shown"]) == (40, "worse")
    assert GateResult.from_dict(result.to_dict()) == result


def test_rows_that_are_said_to_be_independent_are_their_own_blocks() -> None:
    """`block = "row"` needs no times."""
    gate = _GATE.model_copy(update={"block": "row"})
    result = _judge(replace(_scored(1), times=None), gate)
    assert result.evidence["blocks"] == _scored(1).rows


def test_weeks_begin_on_monday_and_days_at_midnight() -> None:
    """Blocks follow the calendar, not the first row."""
    from workbench.registry.block import block_ids

    times = np.array(
        ["2013-01-06T23:59", "2013-01-07T00:00", "2013-01-13T23:59", "1969-12-31T12:00"], "datetime64[us]"
    )
    week, day = block_ids(times, "7d"), block_ids(times, "1d")
    assert week[1] == week[2] == week[0] + 1
    assert len(set(day.tolist())) == 4
