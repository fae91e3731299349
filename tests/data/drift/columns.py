"""A table of several kinds of columns, and what is said of a window of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.data.drift import ColumnDrift, Reference, drift

DAYS = 40


def table(seed: int = 0, rows: int = 4000) -> pd.DataFrame:
    """Return columns of several kinds whose rows are independent."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "number": random.normal(10, 2, rows),
            "count": random.poisson(3, rows),
            "holed": np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows)),
            "name": random.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]),
            "flag": random.random(rows) < 0.3,
            "constant": 5.0,
        }
    )


def times(days: int, rows: int = 4000) -> pd.Series:
    """Return a moment per row, evenly over some days."""
    return pd.Series(np.datetime64("2013-01-01T00:00", "s") + (np.arange(rows) * days * 86_400 // rows))


def said(held: Reference, frame: Any, **options: Any) -> dict[str, ColumnDrift]:
    """Return what is said of each column."""
    return {each.name: each for each in drift(held, frame, **options)}
