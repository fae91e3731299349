"""What may be wrong with a row when it is asked about: values missing, values off, names never seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Perturb = Callable[["pd.DataFrame", Sequence[str], float, "np.random.Generator"], "pd.DataFrame"]

UNSEEN = "(never seen)"


def is_number(column: pd.Series) -> bool:
    """Return whether a column holds numbers rather than names."""
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def missing(
    rows: pd.DataFrame, features: Sequence[str], share: float, random: np.random.Generator
) -> pd.DataFrame:
    """Return the rows with this share of every feature's values missing."""
    import numpy as np

    changed = rows.copy()
    for name in features:
        column = changed[name]
        lost = random.random(len(rows)) < share
        if is_number(column):
            changed[name] = np.where(lost, np.nan, column.to_numpy(np.float64, na_value=np.nan))
        else:
            changed[name] = column.where(~lost)
    return changed


def noise(
    rows: pd.DataFrame, features: Sequence[str], share: float, random: np.random.Generator
) -> pd.DataFrame:
    """Return the rows with every number off by so many of its standard deviations (normal noise)."""
    import numpy as np

    changed = rows.copy()
    for name in features:
        if not is_number(changed[name]):
            continue
        values = changed[name].to_numpy(np.float64, na_value=np.nan)
        finite = values[np.isfinite(values)]
        spread = float(finite.std()) if len(finite) else 0.0
        changed[name] = values + share * spread * random.normal(size=len(values))
    return changed


def unseen(
    rows: pd.DataFrame, features: Sequence[str], share: float, random: np.random.Generator
) -> pd.DataFrame:
    """Return the rows with names that were never seen in this share of every feature that holds names."""
    import pandas as pd

    changed = rows.copy()
    for name in features:
        column = changed[name]
        if is_number(column) or pd.api.types.is_bool_dtype(column):
            continue
        strange = random.random(len(rows)) < share
        changed[name] = column.astype(object).mask(strange, UNSEEN)
    return changed


PERTURBATIONS: Mapping[str, Perturb] = {"missing": missing, "noise": noise, "unseen": unseen}
"""Every way to change rows, by its name in workbench.toml."""
