"""The past before the future."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from flights.splits import fair_window, local_days, midnight, split
from flights.splits import test_window as window_of


def test_each_part_is_later_than_what_is_learnt_from(features: pd.DataFrame) -> None:
    """A flight is learnt from only when it had landed before the first day of the later part."""
    parts = split(features, train_until=date(2013, 2, 7), validate_days=10)
    assert parts.fit["landed_at"].max() < midnight(date(2013, 1, 29))
    assert parts.validate["scheduled_at"].min() >= midnight(date(2013, 1, 29))
    assert parts.learn["landed_at"].max() < midnight(date(2013, 2, 8))
    assert parts.after["scheduled_at"].min() >= midnight(date(2013, 2, 8))


def test_the_final_part_holds_all_that_choices_were_made_on(features: pd.DataFrame) -> None:
    """And the flights that were in the air at the border between them."""
    parts = split(features, train_until=date(2013, 2, 7), validate_days=10)
    learnt = set(parts.learn["flight_id"])
    chosen = set(parts.fit["flight_id"]) | set(parts.validate["flight_id"])
    assert chosen < learnt
    assert len(learnt - chosen) < 200
    assert not learnt & set(parts.after["flight_id"])


def test_flights_without_a_label_are_in_no_part(features: pd.DataFrame) -> None:
    """Nobody can learn from what never arrived, nor be judged by it."""
    parts = split(features, train_until=date(2013, 2, 7), validate_days=10)
    assert all(part["late"].notna().all() for part in vars(parts).values())


@pytest.mark.parametrize(
    ("train_until", "validate_days", "message"),
    [
        (date(2012, 12, 31), 10, "no flight before 2012-12-22, to fit on"),
        (date(2013, 1, 20), 20, "no flight before 2013-01-01, to fit on"),
        (date(2013, 2, 18), 10, "no flight after 2013-02-18, to be judged by"),
        (date(2013, 3, 31), 20, "no flight from 2013-03-12 to 2013-03-31, to choose by"),
    ],
)
def test_an_empty_part_is_an_error_that_names_its_days(
    features: pd.DataFrame, train_until: date, validate_days: int, message: str
) -> None:
    """With the days that the features do hold."""
    with pytest.raises(ValueError, match=rf"{message}.*\n?.*2013-01-01 to 2013-02-18"):
        split(features, train_until=train_until, validate_days=validate_days)


def test_a_part_with_one_kind_of_flight_is_an_error(features: pd.DataFrame) -> None:
    """From punctual flights alone nothing can be learnt."""
    punctual = features[features["late"].fillna(0) == 0]
    with pytest.raises(ValueError, match="only one kind of flight"):
        split(punctual, train_until=date(2013, 2, 7), validate_days=10)


def test_the_test_window_begins_on_the_day_after_learning_and_includes_its_end(
    features: pd.DataFrame,
) -> None:
    """Days are New York's."""
    window = window_of(features, after=date(2013, 2, 7), until=date(2013, 2, 10))
    days = local_days(window["scheduled_at"])
    assert (days.min(), days.max()) == (pd.Timestamp(2013, 2, 8), pd.Timestamp(2013, 2, 10))
    assert window["late"].notna().all()


@pytest.mark.parametrize(
    ("until", "message"),
    [(date(2013, 2, 7), "ends on 2013-02-07, but the model learnt until 2013-02-07")],
)
def test_a_test_window_that_ends_before_it_begins_is_an_error(
    features: pd.DataFrame, until: date, message: str
) -> None:
    """A model is never judged by what it learnt from."""
    with pytest.raises(ValueError, match=message):
        window_of(features, after=date(2013, 2, 7), until=until)


def test_a_test_window_beyond_the_features_is_an_error(features: pd.DataFrame) -> None:
    """It says which days there are."""
    with pytest.raises(ValueError, match=r"no flight after 2013-03-01.*2013-02-18"):
        window_of(features, after=date(2013, 3, 1), until=date(2013, 3, 8))


def _version(train_until: str) -> dict[str, Any]:
    return {"kind": "model", "version": 3, "parameters": {"train_until": train_until}}


@pytest.mark.parametrize(
    ("champion", "first"),
    [
        ({"kind": "absent"}, date(2013, 2, 1)),
        (_version("2013-01-20"), date(2013, 2, 1)),
        (_version("2013-01-31"), date(2013, 2, 1)),
        (_version("2013-02-04"), date(2013, 2, 5)),
    ],
)
def test_candidate_and_champion_are_judged_by_days_that_are_new_to_both(
    features: pd.DataFrame, champion: dict[str, Any], first: date
) -> None:
    """The window begins behind the later of their last days of learning."""
    window, why = fair_window(features, after=date(2013, 1, 31), until=date(2013, 2, 10), champion=champion)
    days = local_days(window["scheduled_at"])
    assert (days.min().date(), days.max().date(), why) == (first, date(2013, 2, 10), "")


@pytest.mark.parametrize(
    ("champion", "reason"),
    [
        (_version("2013-02-10"), "it learnt until 2013-02-10, so that up to 2013-02-10 nothing is left"),
        (_version("2013-12-31"), "it learnt until 2013-12-31, so that up to 2013-02-10 nothing is left"),
        ({"kind": "model", "version": 3}, "does not tell until when it learnt"),
    ],
)
def test_when_no_such_day_is_left_the_candidate_is_judged_alone_and_the_reason_told(
    features: pd.DataFrame, champion: dict[str, Any], reason: str
) -> None:
    """Flights that the champion has learnt from would make it look better than it is."""
    after, until = date(2013, 1, 31), date(2013, 2, 10)
    window, why = fair_window(features, after=after, until=until, champion=champion)
    assert reason in why
    assert window.equals(window_of(features, after=after, until=until))


def test_midnight_is_new_yorks_in_winter_and_in_summer() -> None:
    """Five hours behind, then four."""
    assert midnight(date(2013, 1, 1)) == pd.Timestamp("2013-01-01 05:00", tz="UTC")
    assert midnight(date(2013, 7, 1)) == pd.Timestamp("2013-07-01 04:00", tz="UTC")
