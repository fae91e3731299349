"""How much each parameter of a search mattered, by functional ANOVA over a small forest.

The forest learns the metric from the parameters. A parameter's importance is the share of the forest's
variance over the searched space that its value alone explains, all others averaged out (Hutter, Hoos and
Leyton-Brown, 2014: their first-order fraction, averaged here over drawn points in place of all boxes of
all trees, which takes minutes for some hundred trials).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.insight.experiments.terms import as_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.insight.experiments.trials import Trials

LEAST = 10
"""Trials below which nothing is said."""

_TREES = 48
_DRAWN = 160
_LEVELS = 12
_MOST = 2000  # trials that are learnt from


@dataclass(frozen=True)
class ParameterImportance:
    """One parameter.

    Attributes:
        share: of the variance, from 0 to 1.
        trend: Spearman's rank correlation with the metric; None where the parameter is no number.
    """

    name: str
    share: float
    trend: float | None


@dataclass(frozen=True)
class Importance:
    """What a metric depended on.

    Attributes:
        parameters: the most important first.
        together: the share that belongs to no parameter alone, but to several together.
        trials: how many were learnt from.
        held: the share of the variance that the forest explains in trials that a tree had not seen;
            where it is near 0 or less, what stands here means little.
        note: why nothing is said; empty when something is.
    """

    parameters: tuple[ParameterImportance, ...] = ()
    together: float = 0.0
    trials: int = 0
    held: float | None = None
    note: str = ""


def importance(trials: Trials, metric: str, *, seed: int = 0) -> Importance:
    """Return how much the parameters mattered for a metric; the same every time."""
    import numpy as np

    used = [trial for trial in trials.trials if metric in trial.metrics][-_MOST:]
    if len(used) < LEAST or not trials.parameters:
        return Importance(
            trials=len(used),
            note=f"{len(used)} trials have {metric}; from fewer than {LEAST} nothing can be said."
            if trials.parameters
            else "No parameter was varied.",
        )
    table, numeric = _matrix([trial.parameters for trial in used], trials.parameters)
    values = np.array([trial.metrics[metric] for trial in used], dtype=np.float64)
    if np.ptp(values) == 0:
        return Importance(trials=len(used), note=f"{metric} is {values[0]:g} in every trial.")
    return _explained(table, values, trials.parameters, numeric, seed)


def _explained(
    table: NDArray[np.float64],
    values: NDArray[np.float64],
    names: tuple[str, ...],
    numeric: list[bool],
    seed: int,
) -> Importance:
    import numpy as np
    from scipy.stats import spearmanr
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        _TREES, min_samples_leaf=2, max_features=0.7, bootstrap=True, oob_score=True, random_state=seed
    )
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a row that every tree has seen
        forest.fit(table, values)
    shares, whole = _shares(forest.predict, table, seed)
    found = []
    for column, name in enumerate(names):
        varies = numeric[column] and np.ptp(table[:, column]) > 0
        trend = float(spearmanr(table[:, column], values).statistic) if varies else None
        found.append(ParameterImportance(name, shares[column], trend))
    found.sort(key=lambda one: -one.share)
    return Importance(
        parameters=tuple(found),
        together=max(0.0, 1.0 - sum(shares)) if whole > 0 else 0.0,
        trials=len(values),
        held=float(forest.oob_score_),
    )


def _shares(predict: Any, table: NDArray[np.float64], seed: int) -> tuple[list[float], float]:
    """Return each column's share of the variance of predictions over the searched space, and the whole."""
    import numpy as np

    random = np.random.default_rng(seed)
    rows, columns = table.shape
    drawn = np.column_stack(
        [table[random.integers(0, rows, _DRAWN), c] for c in range(columns)]
    )  # each column by itself: no dependence between parameters that a search had
    levels = np.quantile(table, (np.arange(_LEVELS) + 0.5) / _LEVELS, axis=0, method="nearest")
    every = np.repeat(drawn[None], columns * _LEVELS, axis=0).reshape(columns, _LEVELS, _DRAWN, columns)
    for column in range(columns):
        every[column, :, :, column] = levels[:, column, None]
    told = predict(every.reshape(-1, columns)).reshape(columns, _LEVELS, _DRAWN)
    whole = float(told.var(axis=(1, 2)).mean())
    if whole <= 0:
        return [0.0] * columns, 0.0
    shares = [min(1.0, float(told[c].mean(axis=1).var() / whole)) for c in range(columns)]
    scale = max(1.0, sum(shares))
    return [share / scale for share in shares], whole


def _matrix(rows: list[Any], names: tuple[str, ...]) -> tuple[NDArray[np.float64], list[bool]]:
    """Return the parameters as numbers; texts by their place in alphabetical order, what is missing as -1."""
    import numpy as np

    columns, numeric = [], []
    for name in names:
        given = [row.get(name) for row in rows]
        numbers = [as_number(value) for value in given]
        is_number = all(n is not None or value is None for n, value in zip(numbers, given, strict=True))
        if not is_number:
            places = {text: place for place, text in enumerate(sorted({str(value) for value in given}))}
            numbers = [float(places[str(value)]) for value in given]
        low = min((n for n in numbers if n is not None), default=0.0)
        columns.append([low - 1.0 if n is None else n for n in numbers])
        numeric.append(is_number)
    return np.array(columns, dtype=np.float64).T, numeric
