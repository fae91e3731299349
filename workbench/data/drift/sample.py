"""A table that is spread as the reference, column by column, for reports that want rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.drift.held import HeldNames, HeldNumbers, Reference

if TYPE_CHECKING:
    import pandas as pd


def sampled(reference: Reference, rows: int) -> pd.DataFrame:
    """Return so many rows, each column drawn evenly over its values and shuffled by itself."""
    import numpy as np
    import pandas as pd

    random, columns = np.random.default_rng(0), {}
    for name, held in reference.columns.items():
        if not isinstance(held, HeldNumbers | HeldNames) or not held.counts.sum():
            continue
        values = held.values if isinstance(held, HeldNumbers) else np.array(held.names, dtype=object)
        present = rows - round(rows * held.missing / reference.rows)
        places = (np.arange(present) + 0.5) / max(present, 1) * held.counts.sum()
        drawn = values[np.searchsorted(np.cumsum(held.counts), places, side="right")]
        empty = np.nan if isinstance(held, HeldNumbers) else None
        column = np.append(drawn, np.full(rows - present, empty, dtype=drawn.dtype))
        columns[name] = random.permutation(column)
    return pd.DataFrame(columns)
