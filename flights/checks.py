"""What the tables must be like together; what single rows must be like stands in `contracts/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from flights.splits import HOME, local_days

Tables = Mapping[str, pd.DataFrame]

_COLUMNS = {
    "planes": ("tailnum", "year", "manufacturer", "seats"),
    "airports": ("faa", "name", "tzone"),
    "airlines": ("carrier", "name"),
}
_KEYS = {
    "planes": ["tailnum"],
    "airports": ["faa"],
    "airlines": ["carrier"],
}


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        table: the table that was looked at.
        check: what must hold.
        wrong: rows, or columns, that break it.
        example: one of those that break it.
    """

    table: str
    check: str
    wrong: int
    example: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong == 0


def check_tables(tables: Tables, *, flights_a_day: int) -> list[Finding]:
    """Return what every check found; tables that lack columns are looked at no further.

    Args:
        tables: flights and weather that keep their contracts, planes, airports and airlines by name.
        flights_a_day: the fewest, on average, that are a plausible delivery.
    """
    shapes = [_has_columns(name, tables[name]) for name in _COLUMNS]
    if not all(finding.passed for finding in shapes):
        return shapes
    found = [
        *shapes,
        *(_unique(name, tables[name]) for name in _KEYS),
        _enough(tables["flights"], flights_a_day),
    ]
    for check in (_flights_agree, _places_are_known, _weather_is_whole):
        found.extend(check(tables))
    return found


def broken(findings: list[Finding]) -> str:
    """Return, in one line, what does not hold; empty when all is well."""
    bad = [finding for finding in findings if not finding.passed]
    return "; ".join(
        f"{f.table}: expected {f.check}, but {f.wrong:,} are not, as {f.example or '-'}" for f in bad
    )


def as_table(findings: list[Finding]) -> pd.DataFrame:
    """Return the findings, one row each."""
    return pd.DataFrame([{**asdict(finding), "passed": finding.passed} for finding in findings])


def as_report(findings: list[Finding], tables: Tables) -> dict[str, Any]:
    """Return findings and sizes as plain JSON."""
    rows = {name: len(table) for name, table in tables.items()}
    return {"rows": rows, "findings": as_table(findings).to_dict("records")}


def _has_columns(name: str, table: pd.DataFrame) -> Finding:
    missing = [column for column in _COLUMNS[name] if column not in table.columns]
    return Finding(name, f"{len(_COLUMNS[name])} columns by name", len(missing), example=", ".join(missing))


def _unique(name: str, table: pd.DataFrame) -> Finding:
    key = _KEYS[name]
    return _rows(
        name,
        f"one row for each {' and '.join(key)}",
        table,
        table.duplicated(key) | table[key].isna().any(axis=1),
    )


def _enough(flights: pd.DataFrame, a_day: int) -> Finding:
    least = a_day * max(1, local_days(flights["scheduled_at"]).nunique())
    return Finding("flights", f"at least {a_day:,} a day", max(0, least - len(flights)))


def _flights_agree(tables: Tables) -> Iterator[Finding]:
    flights = tables["flights"]
    local = flights["scheduled_at"].dt.tz_convert(HOME)
    clock = local.dt.hour * 100 + local.dt.minute
    yield _rows(
        "flights",
        "scheduled_at to be sched_dep_time in New York",
        flights,
        clock.ne(flights["sched_dep_time"]),
    )
    gone = flights["dep_delay"].isna().mean()
    yield Finding("flights", "a quarter of the flights or fewer cancelled", int(gone > 0.25))


def _places_are_known(tables: Tables) -> Iterator[Finding]:
    flights, zones = tables["flights"], tables["airports"].set_index("faa")["tzone"]
    yield _rows(
        "flights",
        "carriers that airlines has",
        flights,
        ~flights["carrier"].isin(tables["airlines"]["carrier"]),
    )
    yield _rows(
        "flights", "destinations whose time zone airports has", flights, flights["dest"].map(zones).isna()
    )
    yield _rows(
        "flights", "origins that weather has", flights, ~flights["origin"].isin(tables["weather"]["origin"])
    )
    planes = flights["tailnum"].isin(tables["planes"]["tailnum"])
    yield Finding("flights", "half of the planes or more in the register", int(planes.mean() < 0.5))


def _weather_is_whole(tables: Tables) -> Iterator[Finding]:
    weather = tables["weather"]
    hours = tables["flights"]["scheduled_at"].dt.floor("h")
    span = (hours.max() - hours.min()) / pd.Timedelta(hours=1) + 1
    covered = len(weather) / max(1.0, span * weather["origin"].nunique())
    yield Finding("weather", "nine of ten hours observed", int(covered < 0.9))


def _rows(name: str, check: str, table: pd.DataFrame, wrong: pd.Series) -> Finding:
    first = np.flatnonzero(wrong.to_numpy())[:1]
    key = ["flight_id"] if name == "flights" else _KEYS[name]
    example = "" if not len(first) else " ".join(f"{table[part].iloc[first[0]]}" for part in key)
    return Finding(name, check, int(wrong.sum()), example=example)
