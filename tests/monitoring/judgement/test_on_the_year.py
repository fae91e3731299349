"""The judgement's errors and its power, on sequences of days drawn from the real year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from tests.monitoring.judgement.real_days import Floats, differences
from workbench.monitoring.judgement.sequence import shown

LEVELS = (0.05, 0.1)
MARGIN = 0.003
DAYS = 60
LEAST = 10
SEQUENCES = 2000


def _drawn(values: Floats, mean: float, count: int, *, run: int = 1) -> Floats:
    """Return sequences of days, or of runs of days that belong together, whose true mean is known."""
    random = np.random.default_rng(20130501)
    first = random.integers(0, len(values), (count, -(-DAYS // run), 1))
    days = (first + np.arange(run)) % len(values)
    moved: Floats = (values - values.mean() + mean)[days.reshape(count, -1)[:, :DAYS]]
    return moved


def _wrong(drawn: Floats, level: float, *, below: bool) -> int:
    """Return how many of the sequences, looked at every day, showed what is not so."""
    return int(shown(drawn, MARGIN, below=below, level=level, least=LEAST)[:, -1].sum())


def _row(name: str, wrong: int, count: int, level: float) -> str:
    """Return a line of the table: how many, and what their rate is at most, 99 % sure."""
    upper = float(stats.beta.ppf(0.99, wrong + 1, count - wrong))
    return f"  {name:<58} {wrong:>4} of {count:,}, 99 % upper limit {upper:.3f}, declared {level:g}"


@pytest.mark.soak
def test_false_promotions_and_rollbacks_stay_within_the_level(soak_count: Callable[[int], int]) -> None:
    """A difference that truly equals the margin, the worst case of both errors, is looked at every day."""
    count, found = soak_count(SEQUENCES), list[tuple[float, float, str, str]]()
    print(f"\nfalse verdicts in {count:,} sequences of {DAYS} resampled days, looked at daily")
    for level in LEVELS:
        for name, values in differences().items():
            drawn = _drawn(values, MARGIN, count)
            for below, error in ((True, "promotions"), (False, "rollbacks")):
                wrong = _wrong(drawn, level, below=below)
                print(_row(f"{error}, {name}, mean = margin", wrong, count, level))
                found.append((wrong / count, level, name, error))
    assert all(rate <= level for rate, level, _, _ in found), found


@pytest.mark.soak
def test_models_that_differ_by_chance_alone_are_not_rolled_back(soak_count: Callable[[int], int]) -> None:
    """A/A: two models grown on two halves of the same months, whose true difference is nothing."""
    count = soak_count(SEQUENCES)
    drawn = _drawn(differences()["other half beside one half"], 0.0, count)
    print(f"\nA/A in {count:,} sequences of {DAYS} resampled days, looked at daily")
    for level in LEVELS:
        wrong = _wrong(drawn, level, below=False)
        print(_row("false rollbacks, mean = 0", wrong, count, level))
        assert wrong <= level * count


@pytest.mark.soak
def test_what_whole_weeks_of_weather_do_to_the_level(soak_count: Callable[[int], int]) -> None:
    """Days of one week are not independent of each other: the errors grow, and are known."""
    count, level = soak_count(SEQUENCES), LEVELS[0]
    print(f"\nfalse verdicts in {count:,} sequences of whole resampled weeks, looked at daily")
    for name, values in differences().items():
        drawn = _drawn(values, MARGIN, count, run=7)
        wrong = {
            error: _wrong(drawn, level, below=error == "promotions") for error in ("promotions", "rollbacks")
        }
        for error, each in wrong.items():
            print(_row(f"{error}, {name}, mean = margin", each, count, level))
        assert max(wrong.values()) <= 2.5 * level * count, (name, wrong)


@pytest.mark.soak
def test_power_grows_with_the_effect_and_with_the_days(soak_count: Callable[[int], int]) -> None:
    """How many are decided rightly, by the distance of the true mean from the margin."""
    count, level = soak_count(SEQUENCES), LEVELS[1]
    values = differences()["other half beside one half"]
    spread = float(values.std())
    print(f"\npower at level {level:g}: A/A days, standard deviation {spread:.4f}; decided by day 20, 40, 60")
    for below, verdict in ((True, "promote"), (False, "roll back")):
        before = np.zeros(3)
        for effect in (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0):
            away = effect * spread
            drawn = _drawn(values, MARGIN - away if below else MARGIN + away, count)
            decided = shown(drawn, MARGIN, below=below, level=level, least=LEAST)
            rates = decided[:, [19, 39, 59]].mean(axis=0)
            first = np.where(decided.any(axis=1), decided.argmax(axis=1) + 1, np.inf)
            told = " ".join(f"{rate:>7.1%}" for rate in rates)
            print(
                f"  {verdict:<9} {away:.4f} ({effect:g} sd) beyond the margin:"
                f" {told}, median day {np.median(first):g}"
            )
            assert (rates >= before - 0.05).all()
            assert (np.diff(rates) >= 0).all()
            before = rates
        assert before[1] > 0.95
