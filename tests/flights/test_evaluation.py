"""Probabilities held against what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flights.evaluation import aligned, as_metrics, by_week, calibration, compare, measure

Y = np.array([0, 0, 1, 1])
SCORE = np.array([0.1, 0.4, 0.35, 0.8])


def test_the_metrics_are_the_textbooks() -> None:
    """Three of four pairs in order; the losses by hand."""
    found = measure(Y, SCORE)
    assert found["auc"] == 0.75
    assert found["brier"] == pytest.approx(np.mean((SCORE - Y) ** 2))
    assert found["log_loss"] == pytest.approx(-np.mean(np.log([0.9, 0.6, 0.35, 0.8])))


def test_a_comparison_becomes_metrics_by_name() -> None:
    """The candidate's have no prefix: they are the model's."""
    found = as_metrics(compare(Y, {"candidate": SCORE, "base_rate": np.full(4, 0.5)}))
    assert found["auc"] == 0.75
    assert found["base_rate_auc"] == 0.5
    assert set(found) == {
        *("auc", "log_loss", "brier"),
        *("base_rate_auc", "base_rate_log_loss", "base_rate_brier"),
    }


def test_scores_are_put_into_the_windows_order() -> None:
    """By key, not by position."""
    scores = pd.DataFrame({"flight_id": ["a", "b", "c"], "logistic": [0.1, 0.2, 0.3]})
    window = pd.DataFrame({"flight_id": ["c", "a"]})
    assert aligned(scores, window)["logistic"].tolist() == [0.3, 0.1]


def test_a_flight_without_a_baseline_score_is_an_error() -> None:
    """Not a comparison on fewer rows."""
    scores = pd.DataFrame({"flight_id": ["a"], "logistic": [0.1]})
    with pytest.raises(ValueError, match=r"1 of 2 flights have no baseline score"):
        aligned(scores, pd.DataFrame({"flight_id": ["a", "b"]}))


def test_weeks_begin_on_monday_in_new_york() -> None:
    """Sunday at eleven in the evening still belongs to the week before."""
    window = pd.DataFrame(
        {
            "scheduled_at": pd.to_datetime(
                ["2013-11-04 03:59", "2013-11-04 06:00", "2013-11-05 12:00"], utc=True
            ),
            "late": [1, 0, 1],
        },
        index=[7, 8, 9],
    )
    weeks = by_week(window, {"candidate": np.array([0.5, 0.25, 0.75])})
    assert weeks["week"].dt.strftime("%m-%d").tolist() == ["10-28", "11-04"]
    assert weeks["flights"].tolist() == [1, 2]
    assert weeks["candidate"].tolist() == pytest.approx([-np.log(0.5), -np.log(0.75)])


def test_calibration_has_bins_of_equally_many_flights() -> None:
    """What was said and what happened, in each."""
    score = np.linspace(0.01, 0.99, 1000)
    happened = (np.random.default_rng(0).random(1000) < score).astype("int64")
    table = calibration(happened, score)
    assert table["flights"].tolist() == [100] * 10
    assert np.abs(table["said"] - table["happened"]).max() < 0.15


def test_calibration_of_a_constant_is_one_bin() -> None:
    """As of the base rate."""
    table = calibration(Y, np.full(4, 0.5))
    assert (len(table), table["happened"].iloc[0]) == (1, 0.5)
