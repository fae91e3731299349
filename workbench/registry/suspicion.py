"""How much one feature alone tells of the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.registry.gate import Unmeasurable
from workbench.registry.metric import auc
from workbench.registry.perturbation import is_number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def separation(task: str, y: Floats, score: Floats) -> float:
    """Return how well a number puts the truths in order: 0.5 by chance, 1 without a mistake.

    For two classes it is the area under the ROC curve; for several the mean over classes of that of one
    against the rest; for values that of the upper against the lower half. A number that orders them the
    wrong way round tells as much.

    Args:
        task: binary, multiclass or regression.
        y: the truth.
        score: one number per row, or a table with a column per class.
    """
    import numpy as np

    if task == "regression":
        return _either_way(y > np.median(y), score)
    if task == "binary":
        return _either_way(y == 1, score)
    found = []
    for place, value in enumerate(np.unique(y)):
        column = score[:, place] if score.ndim == 2 else score
        found.append(_either_way(y == value, column))
    return float(np.mean(found))


def alone(task: str, y: Floats, column: pd.Series) -> float:
    """Return how well a feature alone puts the truths in order, as `separation`.

    A missing value is a value of its own; names count by the mean truth of the name's other rows, so that
    a name that occurs once tells nothing of itself.
    """
    import numpy as np

    if not is_number(column):
        return _by_name(task, y, column)
    values = column.to_numpy(np.float64, na_value=np.nan)
    there = np.isfinite(values)
    if not there.any():
        return 0.5
    # Rows without a value go to whichever end tells more.
    ends = (values[there].min() - 1, values[there].max() + 1) if not there.all() else (0.0,)
    return max(separation(task, y, np.where(there, values, end)) for end in ends)


def _by_name(task: str, y: Floats, column: pd.Series) -> float:
    import numpy as np
    import pandas as pd

    codes = pd.factorize(column.astype(object))[0] + 1
    half = np.arange(len(y)) % 2 == 0
    if task == "multiclass":
        kinds = np.unique(y)
        tables = [_rates(codes, (y == kind).astype(np.float64), half) for kind in kinds]
        return separation(task, y, np.stack(tables, axis=1))
    return separation(task, y, _rates(codes, y, half))


def _rates(codes: NDArray[np.int64], y: Floats, half: NDArray[np.bool_]) -> Floats:
    """Return each row's mean truth of its name, learnt on the half of the rows that it is not in."""
    import numpy as np

    size = int(codes.max()) + 1
    found = np.empty(len(y))
    for learn, use in ((half, ~half), (~half, half)):
        sums = np.bincount(codes[learn], y[learn], size)
        counts = np.bincount(codes[learn], minlength=size)
        found[use] = ((sums + y.mean()) / (counts + 1))[codes[use]]
    return found


def _either_way(happened: NDArray[np.bool_], score: Floats) -> float:
    try:
        area = auc(happened.astype(float), score)
    except Unmeasurable:
        return 0.5
    return max(area, 1 - area)
