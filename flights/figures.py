"""The figures that explain a model, each drawn from a small table and returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flights.evaluation import calibration
from flights.tuning import best_so_far

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE, _GREY = "#1f5f99", "#d9822b", "#8a8a8a"
_COLOURS = (_BLUE, _ORANGE, _GREY, "#4c9f70")


def share_late(features: pd.DataFrame, column: str, title: str) -> Figure:
    """Draw the share of late flights for each value of a column, and how many flights it has."""
    grouped = (
        features.assign(late=features["late"].astype("float64"))
        .groupby(column)["late"]
        .agg(["mean", "count"])
    )
    figure, axes = _blank(title, column, "share late")
    axes.bar(grouped.index, grouped["mean"], color=_BLUE)
    axes.axhline(float(features["late"].mean()), color=_GREY, linestyle="--", linewidth=1)
    axes.locator_params(axis="x", integer=True)
    return figure


def optimisation_history(trials: pd.DataFrame, metric: str, *, more_is_better: bool) -> Figure:
    """Draw each trial's value, and the best so far."""
    figure, axes = _blank("Search for parameters", "trial", metric)
    complete = trials["state"].eq("complete")
    axes.scatter(trials["trial"][complete], trials["value"][complete], color=_BLUE, label="complete")
    axes.scatter(
        trials["trial"][~complete], trials["value"][~complete], color=_GREY, marker="x", label="given up"
    )
    values = trials["value"].where(complete).to_numpy("float64")
    best = best_so_far(values, more_is_better=more_is_better)
    axes.step(
        trials["trial"], np.where(np.isfinite(best), best, np.nan), where="post", color=_ORANGE, label="best"
    )
    axes.locator_params(axis="x", integer=True)
    axes.legend()
    return figure


def importance_bars(shares: pd.DataFrame, most: int = 25) -> Figure:
    """Draw the features whose splits gained most."""
    top = shares.head(most).iloc[::-1]
    figure, axes = _blank("What the trees split by", "share of the gain", "", height=0.22 * len(top) + 1)
    axes.barh(top["feature"], top["share"], color=_BLUE)
    return figure


def learning_curve(curve: pd.DataFrame, rounds: int, metric: str) -> Figure:
    """Draw the metric after each tree, on what was learnt from and on the days after."""
    figure, axes = _blank("How many trees", "trees", metric)
    axes.plot(curve["round"], curve["fit"], color=_GREY, label="learnt from")
    axes.plot(curve["round"], curve["validate"], color=_BLUE, label="later days")
    axes.axvline(rounds, color=_ORANGE, linestyle="--", label=f"{rounds} trees kept")
    axes.legend()
    return figure


def calibration_curve(y: NDArray[np.int64], scores: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw what happened against what was said."""
    figure, axes = _blank("Calibration", "probability said", "share late")
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle="--")
    for (name, score), colour in zip(scores.items(), _COLOURS, strict=False):
        table = calibration(y, score)
        axes.plot(table["said"], table["happened"], marker="o", color=colour, label=name)
    axes.legend()
    return figure


def roc(y: NDArray[np.int64], scores: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw the late flights found against the punctual ones accused."""
    from sklearn.metrics import roc_auc_score, roc_curve

    figure, axes = _blank("ROC", "punctual flights called late", "late flights called late")
    for (name, score), colour in zip(scores.items(), _COLOURS, strict=False):
        false, true, _ = roc_curve(y, score)
        axes.plot(false, true, color=colour, label=f"{name} ({roc_auc_score(y, score):.3f})")
    axes.legend(loc="lower right")
    return figure


def weekly_loss(weeks: pd.DataFrame) -> Figure:
    """Draw each scorer's log loss week by week."""
    figure, axes = _blank("Log loss by week", "week from", "log loss")
    scorers = [name for name in weeks.columns if name not in ("week", "flights")]
    for name, colour in zip(scorers, _COLOURS, strict=False):
        axes.plot(weeks["week"].dt.strftime("%b %d"), weeks[name], marker="o", color=colour, label=name)
    axes.tick_params(axis="x", rotation=45)
    axes.legend()
    return figure


def _blank(title: str, x: str, y: str, *, height: float = 4.0) -> tuple[Figure, Axes]:
    # Through pyplot, so that Jupyter shows the figure below its cell without being asked.
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, height), layout="constrained")
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
