"""How much each column matters to the whole: by its contributions, and by what its loss would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workbench.registry.bootstrap import block_bounds
from workbench.registry.metric import row_losses

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.tracking.scorer import Scorer

LOSSES = {"binary": "log_loss", "multiclass": "log_loss", "regression": "mse"}


@dataclass(frozen=True)
class Importance:
    """How much one column matters.

    Attributes:
        contribution: mean absolute contribution, on the contributions' scale.
        cost: by how much the loss grows when the column is shuffled; None when there was no truth.
        lower: bound of `cost`, 95 % by itself, from a bootstrap over blocks of time.
        upper: likewise.
    """

    column: str
    contribution: float
    cost: float | None = None
    lower: float | None = None
    upper: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows whose truth is known, as the scorer's task compares it, and the block of time of each."""

    table: pd.DataFrame
    y: NDArray[np.float64]
    blocks: NDArray[np.int64]


def shuffled_costs(
    scorer: Scorer, judged: Judged, columns: Sequence[str], *, repeats: int = 2, seed: int = 0
) -> dict[str, tuple[float, float, float]]:
    """Return by how much the loss grows when a column is shuffled, with its bounds.

    Permutation importance, after Breiman, "Random Forests", 2001, and Fisher, Rudin and Dominici, "All
    Models are Wrong, but Many are Useful", 2019. The growth is taken row by row, and the rows of a block
    (a day) count as one piece of evidence.
    """
    import numpy as np

    metric, drawn = LOSSES[scorer.task], np.random.default_rng(seed)
    before = row_losses(metric, scorer.task, judged.y, scorer.score(judged.table), "candidate")
    found = {}
    for name in columns:
        growth = np.zeros(len(judged.y))
        for _ in range(repeats):
            order = drawn.permutation(len(judged.y))
            table = judged.table.assign(**{name: judged.table[name].take(order).array})
            growth += row_losses(metric, scorer.task, judged.y, scorer.score(table), "candidate") - before
        bounds = block_bounds(growth / repeats, judged.blocks)
        found[name] = (bounds.mean, bounds.lower, bounds.upper)
    return found


def ranked(
    columns: Sequence[str], sizes: NDArray[np.float64], costs: dict[str, tuple[float, float, float]]
) -> tuple[Importance, ...]:
    """Return every column, those that contribute most first."""
    from math import isfinite

    def told(name: str, size: float) -> Importance:
        cost = [value if isfinite(value) else None for value in costs[name]] if name in costs else [None] * 3
        return Importance(name, float(size), *cost)

    found = [told(name, size) for name, size in zip(columns, sizes, strict=True)]
    return tuple(sorted(found, key=lambda each: (-each.contribution, each.column)))
