"""What is predicted on average when one column is set to one value after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from workbench.tracking.scorer import Scorer


@dataclass(frozen=True)
class Dependence:
    """Mean scores along one column.

    Attributes:
        values: the values that it was set to: numbers, or names of things, the most frequent first.
        scores: the mean score at each value; for several classes one for each.
        numeric: whether the values are numbers.
    """

    column: str
    values: tuple[Any, ...]
    scores: tuple[Any, ...]
    numeric: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"column": self.column, "values": list(self.values), "scores": list(self.scores)}


def dependence_on(scorer: Scorer, table: pd.DataFrame, column: str, *, points: int = 10) -> Dependence:
    """Return the partial dependence of a model's scores on a column.

    After Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001. Numbers are set to
    their quantiles, so every point stands where data are; names to the most frequent.
    """
    import pandas as pd

    values, numeric = _grid(table[column], points)
    copies = pd.concat([table] * len(values), ignore_index=True)
    kept: Any = table[column].dtype if not numeric else "float64"
    copies[column] = pd.Series([v for v in values for _ in range(len(table))], dtype=kept)
    scores = scorer.score(copies)
    means = scores.reshape(len(values), len(table), *scores.shape[1:]).mean(axis=1)
    return Dependence(column, tuple(values), tuple(means.tolist()), numeric)


def _grid(column: pd.Series, points: int) -> tuple[list[Any], bool]:
    import numpy as np
    import pandas as pd

    present = column.dropna()
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        numbers = present.to_numpy(dtype=np.float64)
        if not len(numbers):
            return [float("nan")], True
        places = np.linspace(0.02, 0.98, points)
        return sorted({float(v) for v in np.quantile(numbers, places, method="nearest")}), True
    frequent = present.value_counts().index[:points].tolist()
    return frequent or [None], False
