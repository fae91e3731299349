"""From a features table to what a model takes, and from a model to probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flights.features import CATEGORIES

if TYPE_CHECKING:
    import lightgbm as lgb

Probabilities = NDArray[np.float64]


def encode(features: pd.DataFrame, names: list[str], known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the named columns, names of things as categories.

    Args:
        features: the features table.
        names: the columns to take, in the model's order.
        known: an encoded table whose categories to keep; a name it does not have becomes missing.
    """
    missing = [name for name in names if name not in features.columns]
    if missing:
        raise ValueError(
            f"The features lack {', '.join(missing)}, which the model was trained on.\n"
            "Score a model on features built by the code it was trained with."
        )
    table = features[names].copy()
    for name in CATEGORIES:
        if name in table:
            table[name] = table[name].astype("category")
        if name in table and known is not None:
            table[name] = table[name].cat.set_categories(known[name].cat.categories)
    return table


def labels(features: pd.DataFrame) -> NDArray[np.int64]:
    """Return 1 for late, 0 for punctual."""
    return features["late"].to_numpy("int64")


def score(booster: lgb.Booster, features: pd.DataFrame) -> Probabilities:
    """Return each flight's probability of coming late."""
    # The booster keeps the categories that it learnt and maps the table's to them.
    table = encode(features, booster.feature_name())
    return np.asarray(booster.predict(table), dtype=np.float64)
