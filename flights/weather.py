"""The weather at the origin, as observed by the cut-off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flights.timeline import Minutes, minutes_of

#: A row named for an hour holds that hour's observation, usually taken at nine minutes to the next:
#: it counts as known when the hour is over.
PUBLISHED_AFTER = 60
STALE_AFTER = 6 * 60

#: Miles per hour; one row of the source says 1,048.
STRONGEST_WIND = 150

OBSERVED = ("temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib")


def observed(flights: pd.DataFrame, weather: pd.DataFrame, cutoff: Minutes) -> pd.DataFrame:
    """Return the newest observation at each flight's origin by the cut-off, and how it has changed.

    Where nothing was observed for six hours, everything is missing.
    """
    report = _reports(weather)
    asked = pd.DataFrame(
        {"origin": flights["origin"].to_numpy(), "at": cutoff, "row": np.arange(len(flights))}
    )
    found = pd.merge_asof(
        asked.sort_values("at", kind="stable"), report, on="at", by="origin", tolerance=STALE_AFTER
    )
    found = found.sort_values("row").drop(columns=["row", "at", "origin"])
    return found.set_axis(flights.index, axis="index")


def _reports(weather: pd.DataFrame) -> pd.DataFrame:
    ordered = weather.sort_values(["origin", "time_hour"], ignore_index=True)
    report = ordered[["origin"]].copy()
    report["at"] = minutes_of(ordered["time_hour"]) + PUBLISHED_AFTER
    ordered.loc[ordered["wind_speed"] > STRONGEST_WIND, ["wind_speed", "wind_gust"]] = np.nan
    for name in OBSERVED:
        report[name] = ordered[name].astype("float32")
    report["wind_gust"] = report["wind_gust"].fillna(report["wind_speed"])
    direction = np.deg2rad(ordered["wind_dir"].to_numpy("float64"))
    report["wind_north"] = (np.cos(direction) * report["wind_speed"]).astype("float32")
    report["wind_east"] = (np.sin(direction) * report["wind_speed"]).astype("float32")
    by_origin = report.groupby("origin")
    for name in ("temp", "pressure", "visib"):
        report[f"{name}_change"] = report[name] - by_origin[name].shift(3)
    report["precip_3h"] = sum(by_origin["precip"].shift(back).fillna(0) for back in range(3))
    return report.sort_values("at", kind="stable", ignore_index=True)
