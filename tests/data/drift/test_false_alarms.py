"""How often windows without drift are called drifted, and how long a known shift goes unseen."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from tests.data.drift.days import drawn
from workbench.data.drift import drift, reference
from workbench.project.monitoring import DriftConfig

_TRAINED, _WINDOW = 60, 7  # days
_WEEKS = 12


def upper(alarms: int, windows: int) -> float:
    """Return the upper 99 % limit of a rate (Clopper and Pearson)."""
    return float(beta.ppf(0.99, alarms + 1, windows - alarms)) if alarms < windows else 1.0


def told(what: str, alarms: int, windows: int, rate: float) -> None:
    """Print a count beside the declared rate."""
    limit = upper(alarms, windows)
    print(f"{what}: {alarms} of {windows} windows, declared {rate:.1%}, upper 99 % limit {limit:.2%}")


def independent(random: np.random.Generator, rows: int) -> pd.DataFrame:
    """Return ten columns of independent rows."""
    columns: dict[str, object] = {f"normal {place}": random.normal(size=rows) for place in range(4)}
    columns |= {f"wait {place}": random.exponential(size=rows) for place in range(2)}
    columns |= {f"count {place}": random.poisson(3, rows) for place in range(2)}
    columns |= {f"name {place}": random.choice(list("abcdefgh"), rows) for place in range(2)}
    return pd.DataFrame(columns)


@pytest.mark.soak
@pytest.mark.parametrize("limit", [None, 1e-6], ids=["usual limits", "no limit on the effect"])
def test_independent_windows_raise_no_more_false_alarms_than_declared(
    limit: float | None, soak_count: Callable[[int], int]
) -> None:
    """A window counts when any of its columns is called drifted; without a limit the test alone decides."""
    random, windows = np.random.default_rng(1), soak_count(1000)
    config = DriftConfig(limit=limit)
    alarms = 0
    for _ in range(windows):
        held = reference(independent(random, 5000))
        alarms += any(each.drifted for each in drift(held, independent(random, 700), config=config))
    told(f"independent rows, limit {limit}", alarms, windows, config.rate)
    assert alarms <= _allowed(windows, config.rate)


@pytest.mark.soak
@pytest.mark.parametrize("limit", [None, 1e-6], ids=["usual limits", "no limit on the effect"])
def test_windows_of_real_days_raise_no_more_false_alarms_than_declared(
    limit: float | None, soak_count: Callable[[int], int]
) -> None:
    """Reference and window are days of the real year, drawn with replacement: flights of a day are alike."""
    random, windows = np.random.default_rng(2), soak_count(1000)
    config = DriftConfig(limit=limit)
    alarms = beyond = by_rows = 0
    for _ in range(windows):
        frame, times = drawn(random, _TRAINED)
        window, when = drawn(random, _WINDOW)
        held = reference(frame, times=times)
        found = drift(held, window, times=when, config=config)
        alarms += any(each.drifted for each in found)
        beyond += any(each.beyond for each in found)
        if limit is None:
            by_rows += any(each.drifted for each in drift(held, window, config=config))
    told(f"days of the real year, limit {limit}", alarms, windows, config.rate)
    if limit is None:
        print(
            f"  the limits alone would have called {beyond} of them drifted, and a test over rows {by_rows}"
        )
        assert by_rows > windows / 2
    assert alarms <= _allowed(windows, config.rate)


@pytest.mark.soak
def test_larger_shifts_are_seen_sooner(soak_count: Callable[[int], int]) -> None:
    """Weeks until a shift that begins at once is seen, in the weather and in the schedule."""
    random, streams = np.random.default_rng(3), soak_count(50)
    seen: dict[tuple[str, float], list[int]] = {}
    print(f"\nweeks until a shift is seen, median of {streams} streams (unseen in {_WEEKS} weeks)")
    for column in ("temp", "distance"):
        for shift in (0.1, 0.25, 0.5, 1.0, 2.0):
            seen[column, shift] = [_delay(random, column, shift) for _ in range(streams)]
            unseen = sum(weeks > _WEEKS for weeks in seen[column, shift])
            weeks = median(seen[column, shift])
            shown = "more" if weeks > _WEEKS else f"{weeks:g}"
            print(f"  {column:<9} by {shift:4.2f} sd   {shown:>5}   ({unseen} unseen)")
    for column in ("temp", "distance"):
        assert median(seen[column, 2.0]) == 1
        assert sum(seen[column, 2.0]) <= sum(seen[column, 0.5]) <= sum(seen[column, 0.1])


def _delay(random: np.random.Generator, column: str, shift: float) -> int:
    frame, times = drawn(random, _TRAINED)
    held = reference(frame[["temp", "distance", "carrier"]], times=times)
    by = shift * frame[column].std()
    for week in range(1, _WEEKS + 1):
        window, when = drawn(random, _WINDOW)
        window[column] += by
        found = {each.name: each for each in drift(held, window, times=when)}
        if found[column].drifted:
            return week
    return _WEEKS + 1


def _allowed(windows: int, rate: float) -> int:
    """Return the most alarms that are no evidence, at 99 %, of a rate above the declared one."""
    from scipy.stats import binom

    return int(binom.ppf(0.99, windows, rate))
