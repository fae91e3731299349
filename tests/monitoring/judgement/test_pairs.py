"""Rows that both versions scored become blocks whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

import polars as pl
import pytest

from workbench.monitoring.judgement.pairs import Versions, blocks_of, paired
from workbench.project.monitoring import ChallengeConfig
from workbench.registry.gate import Unmeasurable

VERSIONS = Versions(1, 2)
NOON = datetime(2013, 3, 4, 17, tzinfo=UTC)
_AGES_LATER = datetime(2014, 1, 1, tzinfo=UTC)


def _row(
    n: int, version: int, score: list[float] | None, *, at: datetime = NOON, arm: str = "champion"
) -> Any:
    return {"prediction_id": f"r{n}-0", "at": at, "version": version, "arm": arm, "score": score}


def _frame(*rows: dict[str, Any]) -> pl.DataFrame:
    schema: Any = {
        "prediction_id": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "version": pl.Int32,
        "arm": pl.String,
        "score": pl.List(pl.Float64),
    }
    return pl.DataFrame(list(rows), schema=schema)


def _known(label: float | None = 1.0, at: datetime = NOON, ours: float = 0.25, n: int = 0) -> pl.DataFrame:
    rows = _frame(_row(n, 1, [0.5], at=at), _row(n, 2, [ours], at=at))
    return paired(rows, VERSIONS).with_columns(label=pl.lit(label, dtype=pl.Float64))


def _config(**changes: Any) -> ChallengeConfig:
    return ChallengeConfig.model_validate({"min_rows": 1, **changes})


def _blocks(frame: pl.DataFrame, now: datetime = _AGES_LATER, **changes: Any) -> Any:
    return blocks_of(frame, _config(**changes), metric="log_loss", task="binary", now=now)


def test_only_what_both_gave_a_number_for_is_paired_and_once() -> None:
    """A row that one did not score, or gave no number for, says nothing; a second copy neither."""
    rows = _frame(
        *(_row(n, 1, [0.5]) for n in range(4)),
        _row(0, 2, [0.3], arm="shadow"),
        _row(0, 2, [0.9], arm="shadow"),
        _row(1, 2, None, arm="shadow"),
        _row(2, 2, [], arm="shadow"),
        _row(9, 2, [0.4]),
        _row(3, 3, [0.1]),
    )
    found = paired(rows, VERSIONS)
    assert found.select("prediction_id", "ours", "theirs").rows() == [("r0-0", [0.3], [0.5])]


def test_a_block_is_the_mean_of_its_rows_differences() -> None:
    frame = pl.concat([_known(1.0, ours=0.25, n=0), _known(0.0, ours=0.25, n=1), _known(None, n=2)])
    (block,) = _blocks(frame)
    assert (block.begin.isoformat(), block.rows) == ("2013-03-04T00:00:00", 2)
    assert block.mean == pytest.approx((log(0.5 / 0.25) + log(0.5 / 0.75)) / 2)


def test_blocks_of_a_day_begin_at_midnight_of_the_declared_zone() -> None:
    """A flight of the evening in New York is of tomorrow in UTC; the clocks change in between."""
    evening = datetime(2013, 3, 11, 1, tzinfo=UTC)
    frame = pl.concat([_known(at=evening, n=0), _known(at=evening + timedelta(hours=3), n=1)])
    assert [b.begin.day for b in _blocks(frame)] == [11]
    assert [b.begin.day for b in _blocks(frame, timezone="America/New_York")] == [10, 11]


def test_a_block_counts_when_its_end_and_the_delay_of_labels_have_passed() -> None:
    """Midnight in New York is four or five o'clock in UTC."""
    zone = {"timezone": "America/New_York", "label_delay": "6h"}
    due = datetime(2013, 3, 5, 11, tzinfo=UTC)
    assert _blocks(_known(), now=due - timedelta(seconds=1), **zone) == ()
    assert len(_blocks(_known(), now=due, **zone)) == 1
    summer = datetime(2013, 3, 10, 20, tzinfo=UTC)
    due = datetime(2013, 3, 11, 10, tzinfo=UTC)
    assert _blocks(_known(at=summer), now=due - timedelta(seconds=1), **zone) == ()
    assert len(_blocks(_known(at=summer), now=due, **zone)) == 1


def test_blocks_with_few_rows_count_for_nothing() -> None:
    frame = pl.concat([_known(n=n) for n in range(3)])
    assert len(_blocks(frame, min_rows=3)) == 1
    assert _blocks(frame, min_rows=4) == ()
    assert _blocks(frame.clear()) == ()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (_known(ours=float("nan")), "the challenger's score is missing or not a number in 1 of 1 rows"),
        (_known(ours=1.5), "1 of the challenger's scores are not probabilities"),
        (_known(label=7.0), "1 truths are none of the 2 classes"),
    ],
)
def test_what_is_no_evidence_is_said(frame: pl.DataFrame, said: str) -> None:
    with pytest.raises(Unmeasurable, match=said):
        _blocks(frame)


def test_several_classes_need_a_probability_each() -> None:
    rows = _frame(_row(0, 1, [0.2, 0.3, 0.5]), _row(0, 2, [0.1, 0.1, 0.8]))
    frame = paired(rows, VERSIONS).with_columns(label=pl.lit(2.0))
    (block,) = blocks_of(frame, _config(), metric="log_loss", task="multiclass", now=_AGES_LATER)
    assert block.mean == pytest.approx(log(0.5 / 0.8))
    names = paired(_frame(_row(0, 1, [2.0]), _row(0, 2, [1.0])), VERSIONS).with_columns(label=pl.lit(2.0))
    with pytest.raises(Unmeasurable, match="one probability for each class"):
        blocks_of(names, _config(), metric="log_loss", task="multiclass", now=_AGES_LATER)
