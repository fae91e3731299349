"""The model: a linear one with shrinkage."""

from __future__ import annotations

import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from demand.features import NAMES


def fit(days: pd.DataFrame, shrinkage: float) -> Pipeline:
    """Return a model of `sold`, learnt from days with features."""
    model: Pipeline = make_pipeline(StandardScaler(), Ridge(alpha=shrinkage)).fit(days[NAMES], days["sold"])
    return model
