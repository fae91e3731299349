from __future__ import annotations

from datetime import date

import numpy as np
from demand.features import DAYS_BEFORE, NAMES, add_features
from demand.model import fit
from demand.sales import make_sales

SALES = make_sales(date(2022, 1, 1), date(2022, 12, 31), seed=1)


def test_the_same_seed_makes_the_same_sales() -> None:
    """Every day is there once, with something sold."""
    assert SALES.equals(make_sales(date(2022, 1, 1), date(2022, 12, 31), seed=1))
    assert len(SALES) == 365
    assert SALES["sold"].gt(0).all()


def test_a_days_features_know_nothing_of_that_day() -> None:
    """Another number of loaves sold on the last day leaves the last day's features as they were."""
    changed = SALES.copy()
    changed.loc[changed.index[-1], "sold"] += 1000
    before, after = add_features(SALES)[NAMES], add_features(changed)[NAMES]
    assert before.equals(after)


def test_days_without_four_weeks_before_them_are_left_out() -> None:
    """No feature is missing in the others."""
    days = add_features(SALES)
    assert len(days) == len(SALES) - DAYS_BEFORE
    assert days[NAMES].notna().all(axis=None)


def test_the_model_beats_the_same_day_last_week() -> None:
    """On days that it has not learnt from."""
    days = add_features(SALES)
    model = fit(days.iloc[:200], shrinkage=1.0)
    later = days.iloc[200:]
    error = np.abs(model.predict(later[NAMES]) - later["sold"]).mean()
    assert error < np.abs(later["week_ago"] - later["sold"]).mean()
