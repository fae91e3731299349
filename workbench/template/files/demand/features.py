"""What is known of a day on the evening before."""

from __future__ import annotations

import pandas as pd

NAMES = ["temperature", "offer", *(f"weekday_{number}" for number in range(7)), "week_ago", "last_weeks"]
DAYS_BEFORE = 28


def add_features(sales: pd.DataFrame) -> pd.DataFrame:
    """Return the days with a full four weeks before them, with the columns NAMES added.

    Only what was sold *before* a day says something about it; the day's own sales are the target.

    Args:
        sales: one row per day, in order, with `day`, `temperature`, `offer` and `sold`.
    """
    days = sales.assign(week_ago=sales["sold"].shift(7).astype(float))
    days["last_weeks"] = sales["sold"].shift(1).rolling(DAYS_BEFORE).mean()
    for number in range(7):
        days[f"weekday_{number}"] = (days["day"].dt.dayofweek == number).astype("int64")
    return days.iloc[DAYS_BEFORE:].reset_index(drop=True)
