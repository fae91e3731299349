"""How often windows without drift are called drifted, and how long a known shift goes unseen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom

from tests.data.drift.days import drawn
from workbench.data.drift import drift, reference
from workbench.project.monitoring import DriftConfig

_TRAINED, _WINDOW = 60, 7  # days
_WEEKS = 8
_COMPARED = 20  # windows
_CONFIGS = {"usual limits": DriftConfig(), "the test alone": DriftConfig(limit=1e-6)}


def upper(alarms: int, windows: int) -> float:
    """Return the upper 99 % limit of a rate (Clopper and Pearson)."""
    return float(beta.ppf(0.99, alarms + 1, windows - alarms)) if alarms < windows else 1.0


def check(what: str, alarms: Mapping[str, int], windows: int) -> None:
    """Print each count beside the declared rate, and refuse what is evidence, at 99 %, of a higher one."""
    rate = DriftConfig().rate
    for which, count in alarms.items():
        told = (
            f"{count} of {windows} windows, declared {rate:.1%}, upper 99 % limit {upper(count, windows):.2%}"
        )
        print(f"{what}, {which}: {told}")
        assert count <= binom.ppf(0.99, windows, rate)


def independent(random: np.random.Generator, rows: int) -> pd.DataFrame:
    """Return ten columns of independent rows."""
    columns: dict[str, object] = {f"normal {place}": random.normal(size=rows) for place in range(4)}
    columns |= {f"wait {place}": random.exponential(size=rows) for place in range(2)}
    columns |= {f"count {place}": random.poisson(3, rows) for place in range(2)}
    columns |= {f"name {place}": random.choice(list("abcdefgh"), rows) for place in range(2)}
    return pd.DataFrame(columns)


@pytest.mark.soak
def test_independent_windows_raise_no_more_false_alarms_than_declared(
    soak_count: Callable[[int], int],
) -> None:
    """A window counts when any of its columns is called drifted; without a limit the test alone decides."""
    random, windows = np.random.default_rng(1), soak_count(1000)
    alarms = dict.fromkeys(_CONFIGS, 0)
    for _ in range(windows):
        held, window = reference(independent(random, 5000)), independent(random, 700)
        for which, config in _CONFIGS.items():
            alarms[which] += any(each.drifted for each in drift(held, window, config=config))
    check("independent rows", alarms, windows)


@pytest.mark.soak
def test_windows_of_real_days_raise_no_more_false_alarms_than_declared(
    soak_count: Callable[[int], int],
) -> None:
    """Reference and window are days of the real year, drawn with replacement: flights of a day are alike."""
    random, windows = np.random.default_rng(2), soak_count(1000)
    alarms, beyond, by_rows = dict.fromkeys(_CONFIGS, 0), 0, 0
    for turn in range(windows):
        frame, times = drawn(random, _TRAINED)
        window, when = drawn(random, _WINDOW)
        held = reference(frame, times=times)
        for which, config in _CONFIGS.items():
            found = drift(held, window, times=when, config=config)
            alarms[which] += any(each.drifted for each in found)
        if turn < _COMPARED:
            found = drift(held, window)
            beyond += any(each.beyond for each in found)
            by_rows += any(each.drifted for each in found)
    check("days of the real year", alarms, windows)
    print(
        f"  of the first {_COMPARED} the limits alone call {beyond} drifted, and a test over rows {by_rows}"
    )
    assert by_rows > _COMPARED / 2


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
