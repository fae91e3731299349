"""The figures show the numbers that they are given."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from flights import figures
from flights.evaluation import by_week

Y = np.array([0, 1] * 50)
SCORES = {"candidate": np.linspace(0, 1, 100), "base_rate": np.full(100, 0.5)}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Leave no figure open."""
    yield
    plt.close("all")


def trials() -> pd.DataFrame:
    return pd.DataFrame(
        {"trial": [0, 1, 2], "state": ["complete", "pruned", "complete"], "value": [0.5, 0.6, 0.4]}
    )


def every() -> dict[str, Figure]:
    features = pd.DataFrame({"late": [0, 1, 1, 0], "hour": [5, 5, 6, 6]})
    window = pd.DataFrame(
        {"late": Y, "scheduled_at": pd.date_range("2013-11-04", periods=100, freq="6h", tz="UTC")}
    )
    curve = pd.DataFrame({"round": [1, 2], "fit": [0.5, 0.4], "validate": [0.5, 0.45]})
    return {
        "share_late": figures.share_late(features, "hour", "By hour"),
        "optimisation_history": figures.optimisation_history(trials(), "log_loss", more_is_better=False),
        "importance": figures.importance_bars(pd.DataFrame({"feature": ["a", "b"], "share": [0.9, 0.1]})),
        "learning_curve": figures.learning_curve(curve, 2, "log_loss"),
        "calibration": figures.calibration_curve(Y, SCORES),
        "roc": figures.roc(Y, SCORES),
        "weekly_loss": figures.weekly_loss(by_week(window, SCORES)),
    }


def test_every_figure_can_be_drawn_and_says_what_its_axes_are() -> None:
    """As PNG, without a warning."""
    for name, figure in every().items():
        axes = figure.axes[0]
        assert axes.get_title(), name
        assert axes.get_xlabel(), name
        figure.savefig(BytesIO(), format="png")


def test_the_history_draws_the_best_so_far() -> None:
    """A trial that was given up does not make it better."""
    figure = figures.optimisation_history(trials(), "log_loss", more_is_better=False)
    assert np.asarray(figure.axes[0].lines[0].get_ydata()).tolist() == [0.5, 0.5, 0.4]


def test_every_scorer_is_named_in_the_legend() -> None:
    """With its area under the curve."""
    legend = figures.roc(Y, SCORES).axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["candidate (0.510)", "base_rate (0.500)"]
