"""The model, and the search for its parameters, on a few weeks."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from flights.evaluation import measure
from flights.features import feature_names
from flights.matrix import encode, labels, score
from flights.splits import Parts, split
from flights.training import Watched, fit_final, fit_watched, importance
from flights.tuning import DEFAULTS, Learner, Tuning, best_so_far, thinned, tune

LEARNER = Learner(seed=5, early_stopping=5, learning_rate=0.2)


@pytest.fixture(scope="module")
def parts(features: pd.DataFrame) -> Parts:
    """Three weeks to fit on, one to choose by; every fourth flight, to be quick."""
    return split(features.iloc[::4], train_until=date(2013, 1, 31), validate_days=8)


@pytest.fixture(scope="module")
def names(features: pd.DataFrame) -> list[str]:
    """The features' names."""
    return feature_names(features)


@pytest.fixture(scope="module")
def tuning(parts: Parts, names: list[str]) -> Tuning:
    """A search of seven trials."""
    return tune(parts, names, LEARNER, n_trials=7)


@pytest.fixture(scope="module")
def watched(parts: Parts, names: list[str]) -> Watched:
    """A model that has not seen the validation days."""
    return fit_watched(parts, names, LEARNER, DEFAULTS)


def test_the_budget_is_counted_in_trials(tuning: Tuning) -> None:
    """Those given up early count too."""
    assert tuning.trials["trial"].tolist() == list(range(7))
    assert set(tuning.trials["state"]) <= {"complete", "pruned"}
    assert (tuning.trials["rounds"] > 0).all()


def test_the_search_is_never_worse_than_the_defaults(tuning: Tuning) -> None:
    """They are the first trial."""
    complete = tuning.trials[tuning.trials["state"] == "complete"]
    best = complete.sort_values("value").iloc[0]
    assert tuning.trials.loc[0, list(DEFAULTS)].astype(float).to_dict() == pytest.approx(DEFAULTS)
    assert best[list(tuning.chosen)].astype(float).to_dict() == pytest.approx(tuning.chosen)


def test_one_trial_chooses_the_defaults(parts: Parts, names: list[str]) -> None:
    """The smallest budget there is."""
    assert tune(parts, names, LEARNER, n_trials=1).chosen == DEFAULTS


def test_the_same_seed_searches_and_grows_the_same_bytes(
    parts: Parts, names: list[str], tuning: Tuning
) -> None:
    """Twice the same trials, twice the same model; another seed, another model."""
    again = tune(parts, names, LEARNER, n_trials=7)
    pd.testing.assert_frame_equal(again.trials, tuning.trials, check_exact=True)
    first, second = (fit_final(parts, names, LEARNER, again.chosen, 15).model_to_string() for _ in range(2))
    assert first == second
    other = dataclasses.replace(LEARNER, seed=6)
    assert fit_final(parts, names, other, again.chosen, 15).model_to_string() != first


def test_the_number_of_trees_is_where_later_days_were_best(watched: Watched) -> None:
    """Growing ends when they stop getting better."""
    curve = watched.curve
    assert curve["round"].tolist() == list(range(1, len(curve) + 1))
    assert watched.rounds == int(curve["validate"].to_numpy().argmin()) + 1
    assert len(curve) == watched.rounds + LEARNER.early_stopping
    assert curve["fit"].iloc[-1] < curve["fit"].iloc[0]


def test_a_model_finds_late_flights_of_later_days(parts: Parts, watched: Watched) -> None:
    """On three weeks of data only."""
    found = measure(labels(parts.validate), score(watched.booster, parts.validate))
    assert found["auc"] > 0.65


def test_the_final_model_keeps_its_categories_and_scores_unseen_ones(parts: Parts, names: list[str]) -> None:
    """A destination that appears later is missing to the model, not an error and not another place."""
    booster = fit_final(parts, names, LEARNER, DEFAULTS, 10)
    rows = parts.after.head(50)
    nowhere, unknown = rows.assign(dest="XXX"), rows.assign(dest=None)
    assert booster.num_trees() == 10
    assert sorted(parts.learn["dest"].unique()) in booster.pandas_categorical
    np.testing.assert_array_equal(score(booster, nowhere), score(booster, unknown.astype({"dest": "str"})))
    one_by_one = [score(booster, rows.iloc[[row]])[0] for row in range(5)]
    np.testing.assert_array_equal(one_by_one, score(booster, rows)[:5])


def test_importance_is_a_share_of_the_whole(watched: Watched, names: list[str]) -> None:
    """The largest first."""
    shares = importance(watched.booster)
    assert set(shares["feature"]) == set(names)
    assert shares["share"].sum() == pytest.approx(1)
    assert shares["share"].is_monotonic_decreasing


def test_a_model_asks_for_the_features_that_it_learnt(parts: Parts, watched: Watched) -> None:
    """Those missing are named."""
    with pytest.raises(ValueError, match="The features lack turn_plane"):
        score(watched.booster, parts.after.drop(columns="turn_plane"))


def test_known_categories_are_kept_in_their_order(features: pd.DataFrame) -> None:
    """Codes mean the same in both tables."""
    known = encode(features, ["origin", "distance"])
    some = encode(features[features["origin"] == "LGA"], ["origin", "distance"], known=known)
    assert some["origin"].cat.categories.tolist() == ["EWR", "JFK", "LGA"]
    assert set(some["origin"].cat.codes) == {2}


@pytest.mark.parametrize(
    ("metric", "more_is_better", "name"),
    [("log_loss", False, "binary_logloss"), ("auc", True, "auc"), ("brier", False, "l2")],
)
def test_the_declared_metric_chooses(
    parts: Parts, names: list[str], metric: str, more_is_better: bool, name: str
) -> None:
    """Each in its own direction."""
    learner = dataclasses.replace(LEARNER, metric=metric)
    curve = fit_watched(parts, names, learner, DEFAULTS).curve["validate"]
    assert (learner.more_is_better, learner.lightgbm_metric) == (more_is_better, name)
    assert (curve.iloc[-1] > curve.iloc[0]) == more_is_better


def test_a_metric_that_cannot_choose_is_an_error() -> None:
    """Named with those that can."""
    with pytest.raises(ValueError, match=r"'rmse'; expected one of log_loss, brier, auc"):
        Learner(metric="rmse")


def test_leaves_keep_their_share_of_the_rows() -> None:
    """What was found on a sample holds on all rows."""
    chosen = {**DEFAULTS, "leaf_share": 0.001}
    assert LEARNER.settings(chosen, 40_000)["min_data_in_leaf"] == 40
    assert LEARNER.settings(chosen, 270_000)["min_data_in_leaf"] == 270
    assert LEARNER.settings(chosen, 10)["min_data_in_leaf"] == 2


def test_a_sample_is_spread_over_the_whole_time(features: pd.DataFrame) -> None:
    """Not its first days."""
    sample = thinned(features, 1000)
    assert 900 <= len(sample) <= 1000
    assert features["scheduled_at"].max() - sample["scheduled_at"].max() < pd.Timedelta(days=1)
    assert len(thinned(features.head(10), 1000)) == 10


@pytest.mark.parametrize(("more_is_better", "expected"), [(False, [3, 3, 2, 2]), (True, [3, 3, 3, 5])])
def test_the_best_so_far_leaves_out_trials_given_up(more_is_better: bool, expected: list[int]) -> None:
    """They have no value."""
    values = np.array([3, np.nan, 2, 5], dtype="float64")
    assert best_so_far(values, more_is_better=more_is_better).tolist() == expected
