"""Each guardrail by itself, on rows as the log holds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from workbench.monitoring.finding import CHALLENGER, Check
from workbench.monitoring.judgement.guardrails import Traffic, guard
from workbench.monitoring.judgement.pairs import Versions, paired
from workbench.project.monitoring import ChallengeConfig
from workbench.registry.verdict import Verdict

BEGIN = datetime(2013, 3, 4, tzinfo=UTC)
VERSIONS = Versions(1, 2)
HOURS = 24 * 20
_SCHEMA: Any = {
    "prediction_id": pl.String,
    "request_id": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "version": pl.Int32,
    "arm": pl.String,
    "entity": pl.String,
    "latency_us": pl.Int64,
    "score": pl.List(pl.Float64),
    "features": pl.Struct({"carrier": pl.String}),
}


def _logged(*, ours: float = 0.5, slow: int = 100, slows: int = 1, biased: float = 0.0) -> pl.DataFrame:
    """Return twenty days in which both scored a row each hour; the champion answered."""
    rows = []
    for n in range(HOURS):
        carrier = "AA" if n % 2 else "UA"
        common = {
            "prediction_id": f"r{n:04d}-0",
            "request_id": f"r{n:04d}",
            "at": BEGIN + timedelta(hours=n),
            "entity": f"e{n}",
            "features": {"carrier": carrier},
        }
        score = ours + (biased if carrier == "AA" else 0)
        took = slow if n % slows == 0 else 100
        rows.append({**common, "version": 1, "arm": "champion", "latency_us": 100, "score": [0.5]})
        rows.append({**common, "version": 2, "arm": "shadow", "latency_us": took, "score": [score]})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _traffic(rows: pl.DataFrame, **changes: Any) -> Traffic:
    both = paired(rows, VERSIONS)
    late = pl.Series([(n // 2) % 2 for n in range(both.height)], dtype=pl.Float64)
    made = Traffic(
        rows=rows,
        labelled=both.with_columns(label=late),
        versions=VERSIONS,
        task="binary",
        share=0.0,
        since=BEGIN,
        now=BEGIN + timedelta(hours=HOURS),
        shared_at=BEGIN,
        fresh=BEGIN,
    )
    return replace(made, **changes)


def _asked(traffic: Traffic, name: str, **rails: Any) -> Check:
    config = ChallengeConfig.model_validate({"guardrails": {"min_rows": 100, **rails}})
    return next(check for check in guard(traffic, config) if check.name == name)


def test_a_challenger_that_does_well_passes_all_that_are_declared() -> None:
    """Those that are not declared are not asked, nor the sample ratio while it answers nobody."""
    checks = guard(_traffic(_logged()), ChallengeConfig())
    assert [(c.kind, c.name, c.verdict) for c in checks] == [
        (CHALLENGER, "error_rate", Verdict.PASS),
        (CHALLENGER, "latency", Verdict.PASS),
    ]
    assert {(check.version, check.arm) for check in checks} == {(2, "challenger")}
    none = {"error_rate": None, "latency_ratio": None}
    assert guard(_traffic(_logged()), ChallengeConfig.model_construct(guardrails=_rails(**none))) == ()


def _rails(**changes: Any) -> Any:
    return ChallengeConfig().guardrails.model_copy(update=changes)


@pytest.mark.parametrize("name", ["error_rate", "latency", "disagreement"])
def test_with_few_rows_nothing_is_concluded(name: str) -> None:
    found = _asked(_traffic(_logged().head(60)), name, disagreement=0.1)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "rows are too few to conclude from; at least 100 are needed" in found.note


def test_scores_that_are_missing_or_no_numbers_are_failures() -> None:
    rows = _logged()
    nan = pl.when((pl.col("version") == 2) & (pl.col("at").dt.hour() == 5)).then(pl.lit([float("nan")]))
    found = _asked(_traffic(rows.with_columns(score=nan.otherwise(pl.col("score")))), "error_rate")
    assert found.verdict is Verdict.FAIL
    assert found.value == pytest.approx(1 / 24, abs=0.005)
    gone = rows.filter((pl.col("version") == 1) | (pl.col("at").dt.hour() != 5))
    assert _asked(_traffic(gone), "error_rate").verdict is Verdict.FAIL


def test_a_few_failures_above_the_limit_are_not_beyond_doubt() -> None:
    """Two of 478 are within one in a hundred, seven are above it by what may be an accident."""
    rows = _logged().with_row_index()
    for lost, verdict in ((2, Verdict.PASS), (7, Verdict.INCONCLUSIVE), (20, Verdict.FAIL)):
        left = rows.filter(
            (pl.col("version") == 1) | (pl.col("index") >= 200 + 2 * lost) | (pl.col("index") < 200)
        )
        assert _asked(_traffic(left), "error_rate").verdict is verdict, lost


def test_latency_is_held_against_the_champions_and_against_what_is_fast_enough() -> None:
    slow = _traffic(_logged(slow=50_000, slows=10))
    found = _asked(slow, "latency")
    assert found.verdict is Verdict.FAIL
    assert found.note == "p99 50 ms, the champion's 0.1 ms; 48 of 480 requests took longer than 10 ms"
    assert _asked(slow, "latency", latency_from="100ms").verdict is Verdict.PASS
    assert _asked(_traffic(_logged(slow=50_000, slows=200)), "latency").verdict is Verdict.PASS
    alone = slow.rows.filter(version=2)
    found = _asked(replace(slow, rows=alone), "latency")
    assert (found.verdict, found.note[:33]) == (Verdict.INCONCLUSIVE, "the champion answered nothing tha")


def test_the_newest_rows_count_so_that_old_ones_do_not_hide_a_break() -> None:
    """Eighteen good days, then two on which it says quite other things."""
    rows = _logged()
    late = BEGIN + timedelta(days=18)
    other = pl.when((pl.col("version") == 2) & (pl.col("at") >= late)).then(pl.lit([0.9]))
    broken = _traffic(rows.with_columns(score=other.otherwise(pl.col("score"))))
    assert _asked(broken, "disagreement", disagreement=0.2, min_rows=20).verdict is Verdict.PASS
    fresh = replace(broken, fresh=late)
    found = _asked(fresh, "disagreement", disagreement=0.2, min_rows=20)
    assert found.verdict is Verdict.FAIL
    assert found.value == pytest.approx(0.4)


def test_the_sample_ratio_counts_each_entity_once() -> None:
    """One caller that asks a thousand times for one flight proves nothing."""
    rows = _logged().filter(version=1)
    half = rows.with_columns(version=pl.Series([1 + n % 2 for n in range(HOURS)], dtype=pl.Int32))
    assert _asked(_traffic(half, share=0.5), "sample_ratio").verdict is Verdict.PASS
    assert _asked(_traffic(half, share=0.2), "sample_ratio").verdict is Verdict.FAIL
    again = pl.concat([half, *[half.tail(1)] * 1000])
    assert _asked(_traffic(again, share=0.5), "sample_ratio").verdict is Verdict.PASS
    rare = _asked(_traffic(rows, share=0.001), "sample_ratio")
    assert rare.note == "479 answers are too few for a share of 0.1 %"


def test_fairness_is_how_far_the_scores_of_groups_are_off() -> None:
    fair = _traffic(_logged(), groups=("carrier",))
    assert _asked(fair, "fairness", fairness=0.1).verdict is Verdict.PASS
    unfair = _asked(_traffic(_logged(biased=0.3), groups=("carrier",)), "fairness", fairness=0.1)
    assert unfair.verdict is Verdict.FAIL
    assert unfair.value == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize(
    ("groups", "said"),
    [((), "no groups are declared"), (("plane",), "the log holds no column 'plane' to group by")],
)
def test_groups_that_are_not_there_are_said(groups: tuple[str, ...], said: str) -> None:
    found = _asked(_traffic(_logged(), groups=groups), "fairness", fairness=0.1)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert said in found.note
