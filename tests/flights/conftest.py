"""Seven weeks of the real year, read once."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import pandas as pd
import pytest

from flights import ingest
from flights.features import build_features

mpl.use("Agg")

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def year() -> Tables:
    """The raw tables, whole."""
    return {
        "flights": ingest.read_flights(),
        "weather": ingest.read_weather(),
        "planes": ingest.read_planes(),
        "airports": ingest.read_airports(),
        "airlines": ingest.read_airlines(),
    }


@pytest.fixture(scope="session")
def weeks(year: Tables) -> Tables:
    """The raw tables of the first seven weeks."""
    first, last = date(2013, 1, 1), date(2013, 2, 18)
    short = {name: ingest.between(year[name], first, last) for name in ("flights", "weather")}
    return year | short


@pytest.fixture(scope="session")
def features(weeks: Tables) -> pd.DataFrame:
    """The features of the first seven weeks; not to be changed."""
    return build(weeks)


def build(tables: Tables, **options: int) -> pd.DataFrame:
    """Build features from raw tables by name."""
    return build_features(
        tables["flights"], tables["weather"], tables["planes"], tables["airports"], **options
    )
