"""Sales of a small bakery, made up: weeks, seasons, weather, offers, a slowly growing clientele."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

WEEKDAYS = np.array([92.0, 88.0, 90.0, 95.0, 118.0, 150.0, 60.0])  # loaves, Monday first


def make_sales(first_day: date, last_day: date, seed: int) -> pd.DataFrame:
    """Return one row per day: `day`, `temperature` (°C, forecast), `offer` (0 or 1), `sold` (loaves)."""
    draw = np.random.default_rng(seed)
    days = pd.date_range(first_day, last_day, freq="D")
    season = np.cos(2 * np.pi * (days.dayofyear.to_numpy() - 20) / 365.25)  # 1 in the coldest week
    temperature = 11 - 9 * season + draw.normal(0, 3, len(days))
    offer = draw.random(len(days)) < 0.15
    growth = 1 + 0.1 * np.arange(len(days)) / 365.25
    expected = WEEKDAYS[days.dayofweek] * growth - 0.8 * (temperature - 11) + 25 * offer
    sold = draw.poisson(np.clip(expected, 1, None))
    return pd.DataFrame(
        {"day": days, "temperature": temperature.round(1), "offer": offer.astype("int64"), "sold": sold}
    )
