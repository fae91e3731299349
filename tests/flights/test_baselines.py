"""What a model has to beat."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from flights.baselines import Baselines, fit_baselines
from flights.evaluation import measure
from flights.features import feature_names
from flights.matrix import labels
from flights.splits import Parts, split


@pytest.fixture(scope="module")
def parts(features: pd.DataFrame) -> Parts:
    """Five weeks to learn from."""
    return split(features.iloc[::8], train_until=date(2013, 2, 7), validate_days=7)


@pytest.fixture(scope="module")
def baselines(parts: Parts, features: pd.DataFrame) -> Baselines:
    """Fitted to those."""
    return fit_baselines(parts.learn, feature_names(features))


def test_the_base_rate_is_the_share_of_late_flights_learnt_from(parts: Parts, baselines: Baselines) -> None:
    """The same for every flight, so it orders none."""
    scores = baselines.scores(parts.after)
    assert set(scores["base_rate"]) == {labels(parts.learn).mean()}
    assert measure(labels(parts.after), scores["base_rate"])["auc"] == 0.5


def test_the_logistic_regression_is_a_serious_rival(parts: Parts, baselines: Baselines) -> None:
    """It gets the same features, and finds late flights of later days."""
    scores = baselines.scores(parts.after)
    found = measure(labels(parts.after), scores["logistic"])
    assert found["auc"] > 0.65
    assert found["log_loss"] < measure(labels(parts.after), scores["base_rate"])["log_loss"]


def test_baselines_score_what_they_never_saw(parts: Parts, baselines: Baselines) -> None:
    """An unknown destination, no plane, no weather."""
    strange = parts.after.head(3).assign(dest="XXX", maker=None, temp=np.nan)
    assert np.isfinite(baselines.scores(strange)["logistic"]).all()


def test_baselines_are_the_same_each_time(parts: Parts, baselines: Baselines, features: pd.DataFrame) -> None:
    """Nothing in them is random."""
    again = fit_baselines(parts.learn, feature_names(features)).scores(parts.after)
    np.testing.assert_array_equal(again["logistic"], baselines.scores(parts.after)["logistic"])
