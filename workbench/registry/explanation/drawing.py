"""The figures of an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.registry.explanation.dependence import Dependence
from workbench.registry.explanation.importance import Importance

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE = "#1f5f99", "#d9822b"
_MOST = 15


def draw_importance(columns: Sequence[Importance], scale: str, loss: str) -> Figure:
    """Draw mean contributions and, where there was a truth, the cost of shuffling with its bounds."""
    import matplotlib.pyplot as plt

    top = list(columns[:_MOST])[::-1]
    costed = [each for each in top if each.cost is not None]
    wide = 2 if costed else 1
    figure: Figure
    figure, grid = plt.subplots(
        1, wide, figsize=(5 * wide, 0.28 * len(top) + 1.2), layout="constrained", squeeze=False
    )
    axes = grid[0]
    axes[0].barh([each.column for each in top], [each.contribution for each in top], color=_BLUE)
    _plain(axes[0], "What predictions rest on", f"mean absolute contribution, {scale}")
    if costed:
        _draw_costs(axes[1], costed, loss)
    return figure


def draw_dependence(followed: Sequence[Dependence]) -> Figure:
    """Draw the mean score along each column that was followed."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure: Figure
    figure, grid = plt.subplots(
        1, len(followed), figsize=(3.2 * len(followed), 3), layout="constrained", squeeze=False, sharey=True
    )
    for axes, each in zip(grid[0], followed, strict=True):
        scores = np.asarray(each.scores)
        if each.numeric:
            axes.plot(each.values, scores, marker="o", markersize=3)
        else:
            axes.plot([str(value) for value in each.values], scores, marker="o", linestyle="none")
            axes.tick_params(axis="x", rotation=60)
        _plain(axes, "", each.column)
    grid[0][0].set_ylabel("mean score")
    return figure


def _draw_costs(axes: Axes, costed: Sequence[Importance], loss: str) -> None:
    for place, each in enumerate(costed):
        assert each.cost is not None
        if each.lower is not None and each.upper is not None:
            axes.plot([each.lower, each.upper], [place, place], color=_ORANGE, linewidth=2, alpha=0.5)
        axes.plot([each.cost], [place], "o", color=_ORANGE)
    axes.set_yticks(range(len(costed)), [each.column for each in costed])
    axes.axvline(0, color="#8a8a8a", linewidth=1)
    _plain(axes, "What losing a column costs", f"growth of {loss} when shuffled, 95 % bounds")


def _plain(axes: Any, title: str, label: str) -> None:
    axes.set(title=title, xlabel=label)
    axes.spines[["top", "right"]].set_visible(False)
