"""Groups of flights that a model should be as good for as for others."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from flights.splits import HOME, midnight

SMALL = 0.05  # of the flights learnt from: a carrier with a smaller share is a small one
_REACHES = {"under 500": 500, "500 to 1000": 1000, "1000 to 1500": 1500, "1500 and more": np.inf}


def with_groups(window: pd.DataFrame, features: pd.DataFrame, *, learnt_until: date) -> pd.DataFrame:
    """Return the window with the groups that each flight belongs to.

    Args:
        window: the flights to be judged by.
        features: all flights; how large a carrier is, is told by those scheduled up to `learnt_until`.
        learnt_until: the last day that the model learnt from.

    Returns:
        The window's columns, and `month`, by its name; `carrier_size`, small or large; `reach`, how many
        miles away the destination is.
    """
    past = features[features["scheduled_at"] < midnight(learnt_until + timedelta(days=1))]
    share = past["carrier"].value_counts(normalize=True)
    large = window["carrier"].map(share).fillna(0) >= SMALL
    reach = np.searchsorted(list(_REACHES.values()), window["distance"], side="right")
    return window.assign(
        month=window["scheduled_at"].dt.tz_convert(HOME).dt.month_name(),
        carrier_size=np.where(large, "large", "small"),
        reach=np.array(list(_REACHES))[reach],
    )
