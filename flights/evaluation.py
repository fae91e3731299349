"""How good probabilities are, as numbers and as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flights.matrix import labels
from flights.splits import local_days


def measure(y: NDArray[np.int64], score: NDArray[np.float64]) -> dict[str, float]:
    """Return `auc`, `log_loss` and `brier` of probabilities.

    Args:
        y: 1 for late, 0 for punctual; both must occur.
        score: the probability of late, of the same length.
    """
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    return {
        "auc": float(roc_auc_score(y, score)),
        "log_loss": float(log_loss(y, score)),
        "brier": float(brier_score_loss(y, score)),
    }


def compare(y: NDArray[np.int64], scores: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Return one row for each scorer: `scored_by` and its metrics."""
    return pd.DataFrame([{"scored_by": name, **measure(y, score)} for name, score in scores.items()])


def as_metrics(comparison: pd.DataFrame) -> dict[str, float]:
    """Return a comparison as metrics by name: the candidate's `auc`, others' `logistic_auc` and so on."""
    found: dict[str, float] = {}
    for row in comparison.to_dict("records"):
        prefix = "" if row["scored_by"] == "candidate" else f"{row['scored_by']}_"
        found |= {f"{prefix}{name}": float(value) for name, value in row.items() if name != "scored_by"}
    return found


def aligned(scores: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the window's flights, in the window's order.

    Raises:
        ValueError: a flight of the window has no score.
    """
    found = scores.set_index("flight_id").reindex(window["flight_id"])
    missing = int(found.isna().any(axis="columns").sum())
    if missing:
        raise ValueError(
            f"{missing:,} of {len(window):,} flights have no baseline score; expected one for each.\n"
            "Baselines are scored by the train stage: run it again on the same features."
        )
    return found.reset_index()


def by_week(window: pd.DataFrame, scores: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Return the log loss of each scorer in each week: `week`, `flights`, then one column for each scorer."""
    y = labels(window)
    day = local_days(window["scheduled_at"])
    week = (day - pd.to_timedelta(day.dt.dayofweek, unit="D")).reset_index(drop=True)
    losses = {
        name: -np.log(np.clip(np.where(y == 1, score, 1 - score), 1e-15, 1)) for name, score in scores.items()
    }
    grouped = pd.DataFrame({"week": week, **losses}).groupby("week")
    return grouped.mean().assign(flights=grouped.size()).reset_index()[["week", "flights", *losses]]


def calibration(y: NDArray[np.int64], score: NDArray[np.float64], bins: int = 10) -> pd.DataFrame:
    """Return mean probability and observed share of late flights, in bins of equally many flights."""
    edges = np.quantile(score, np.linspace(0, 1, bins + 1)[1:-1])
    which = np.searchsorted(edges, score, side="right")
    table = pd.DataFrame({"bin": which, "said": score, "happened": y})
    return table.groupby("bin").agg(
        said=("said", "mean"), happened=("happened", "mean"), flights=("said", "size")
    )
