"""Contributions for any model that scores, by sampling orders in which columns become known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.registry.explanation.contributions import Contributions, added_up

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.tracking.scorer import Scorer

_AT_ONCE = 100_000  # rows scored in one call, to bound memory


def sampled_contributions(
    scorer: Scorer, table: pd.DataFrame, background: pd.DataFrame, *, samples: int = 16, seed: int = 0
) -> Contributions:
    """Return sampled Shapley values of a model's scores.

    In each sample a row of the background is turned into the explained row column by column, in a random
    order; what the score changes by at a column's turn is that column's. Orders come in pairs, one the
    reverse of the other, which cancels much of the sampling's noise. After Štrumbelj and Kononenko,
    "Explaining prediction models and individual predictions with feature contributions", 2014; reversed
    pairs after Mitchell, Cooper, Frank and Holmes, "Sampling Permutations for Shapley Value Estimation",
    2022. All rows see the same samples, so contributions add up exactly to the score less the base: the
    mean score of the background rows that were drawn.

    Args:
        scorer: of the model.
        table: the rows to explain.
        background: rows that stand for everybody.
        samples: how many orders, rounded up to pairs.
        seed: the orders are the same for the same seed.
    """
    import numpy as np

    columns, drawn = list(table.columns), np.random.default_rng(seed)
    pairs = (samples + 1) // 2
    others = (
        drawn.permutation(np.arange(pairs) % len(background))
        if pairs > len(background)
        else (drawn.choice(len(background), pairs, replace=False))
    )
    whole = scorer.score(table)
    total = np.zeros((len(columns), *whole.shape))
    base = np.zeros(whole.shape[1:])
    for other in others:
        order = drawn.permutation(len(columns))
        for turn in (order, order[::-1]):
            steps = _steps(scorer, table, background.iloc[[other]], turn)
            total[turn] += np.diff(steps, axis=0)
            base += steps[0, 0]
    number = 2 * pairs
    scale = "value" if scorer.task == "regression" else "probability"
    values = np.moveaxis(total, 0, 1) / number
    return added_up(columns, values, base / number, whole, scale=scale, method="permutation")


def _steps(
    scorer: Scorer, table: pd.DataFrame, other: pd.DataFrame, order: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return scores after 0, 1, … columns are known, shape (columns + 1, rows) or with classes behind."""
    import numpy as np

    rows, width = len(table), len(order)
    turn_of = np.argsort(order)
    block = max(1, _AT_ONCE // rows)
    parts = []
    for start in range(0, width + 1, block):
        known = np.repeat(np.arange(start, min(start + block, width + 1)), rows)
        parts.append(scorer.score(_mixed(table, other, known, turn_of)))
    scores = np.concatenate(parts)
    return scores.reshape(width + 1, rows, *scores.shape[1:])


def _mixed(
    table: pd.DataFrame, other: pd.DataFrame, known: NDArray[np.int64], turn_of: NDArray[np.int64]
) -> pd.DataFrame:
    """Return the table once for each step, with a column from `other` until its turn has come."""
    import numpy as np
    import pandas as pd

    both = pd.concat([table, other.astype(table.dtypes.to_dict())], ignore_index=True)
    own = np.tile(np.arange(len(table)), len(known) // len(table))
    taken = {
        name: both[name].take(np.where(known > turn_of[place], own, len(table))).array
        for place, name in enumerate(table.columns)
    }
    return pd.DataFrame(taken)
