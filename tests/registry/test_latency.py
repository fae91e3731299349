from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.registry.rows import Model, frame_of, judge, scored
from workbench.registry.gate import Scored
from workbench.registry.gates import latency
from workbench.registry.gates.latency import Latency
from workbench.registry.verdict import Verdict


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int]], None]:
    """Let each look at the clock find it so many nanoseconds on."""

    def set_(steps: list[int]) -> None:
        now, number = 0, 0

        def look() -> int:
            nonlocal now, number
            now += steps[number % len(steps)]
            number += 1
            return now

        monkeypatch.setattr(latency, "perf_counter_ns", look)

    return set_


def test_half_of_the_rows_and_the_slowest_are_held(ticks: Callable[[list[int]], None]) -> None:
    """By a clock on which a row takes 3 ms: below 5, but not below 2."""
    ticks([3_000_000])
    good = judge("latency", scored(), p50="5ms", p99="5ms", batches=2)
    assert good.verdict is Verdict.PASS
    assert good.summary == (
        "one row: p50 below 5 ms, must be at most 5ms, p99 below 5 ms, must be at most 5ms"
    )
    assert good.evidence == {"p50_below_seconds": 0.005, "p99_below_seconds": 0.005}
    assert {(row["p50_seconds"], row["p99_seconds"]) for row in good.table} == {(0.003, 0.003)}
    assert judge("latency", scored(), p50="2ms", batches=1).verdict is Verdict.FAIL
    assert judge("latency", scored(), p99="2ms", batches=1).verdict is Verdict.FAIL


def test_the_best_batch_counts(ticks: Callable[[list[int]], None]) -> None:
    """A machine that was busy for a while makes no model slow."""
    batch = [20] * 103
    ticks([*batch * 2, *[9_000_000] * 103])
    assert judge("latency", scored(), p50="1us", p99="1us", batches=3).verdict is Verdict.PASS


def test_a_slow_model_is_timed_in_few_batches(ticks: Callable[[list[int]], None]) -> None:
    """A gate takes seconds: three batches are enough when each takes one."""
    ticks([10_000_000])
    assert len(judge("latency", scored(), p50="1s").table) == 3


def test_a_real_clock_finds_a_fast_model_fast() -> None:
    """No row of three numbers takes a minute."""
    assert judge("latency", scored(), p50="30s", p99="1m", batches=1).verdict is Verdict.PASS


def test_a_booster_is_given_one_row_of_numbers() -> None:
    """What is timed is the model, its row at hand, and its answer is that of the table."""
    import lightgbm

    from workbench.registry.candidate import Candidate

    frame = frame_of(500).astype({"shop": "category"})
    features = frame[["x", "shop", "z"]]
    data = lightgbm.Dataset(features, frame["late"])
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, 5)
    candidate = Candidate(lambda: booster, task="binary")
    one = candidate.one_by_one(frame.astype({"shop": str}))
    assert np.array_equal(np.array([one(row) for row in range(20)]), candidate.score(frame.head(20))[:, None])
    assert np.array_equal(candidate.score(frame), booster.predict(features))


class _Raises(Model):
    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        raise ValueError("one row is not enough")


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (replace(scored(), frame=None), "nothing can be timed"),
        (replace(scored(), candidate=None), "nothing can be timed"),
        (scored(frame_of().iloc[:0]), "there are no rows"),
        (
            replace(scored(), candidate=scored(model=_Raises(), score=scored().score).candidate),
            "one row is not",
        ),
    ],
)
def test_what_cannot_be_timed_is_inconclusive(evidence: Scored, words: str) -> None:
    """Nothing timed is nothing known."""
    result = judge("latency", evidence, p50="1h")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert words in result.summary


@pytest.mark.parametrize(
    ("seconds", "rounded"),
    [(0.000_055, 0.0001), (0.0001, 0.0001), (0.000_101, 0.0002), (0.004, 0.005), (7, 10)],
)
def test_what_is_told_is_rounded_up(seconds: float, rounded: float) -> None:
    """1, 2 or 5 times a power of ten, so that a machine's mood makes no news."""
    assert latency._rounded_up(seconds) == pytest.approx(rounded)
    assert Latency(p50="1ms").settings()["rows"] == 100
