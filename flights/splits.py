"""Which flights a model may learn from, is chosen on, and is judged by: always the past before the future.

Days are days of New York. A flight belongs to the past of a day only when it had landed before it began:
before that, nobody knew whether it was late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

HOME = "America/New_York"


@dataclass(frozen=True)
class Parts:
    """The labelled flights, parted by time; each part is in order of schedule.

    Attributes:
        fit: what trees are grown on while parameters are being chosen.
        validate: the days after, by which parameters and the number of trees are chosen.
        learn: both, and the flights between: what the final model learns from.
        after: everything scheduled later, which no choice has seen.
    """

    fit: pd.DataFrame
    validate: pd.DataFrame
    learn: pd.DataFrame
    after: pd.DataFrame


def split(features: pd.DataFrame, *, train_until: date, validate_days: int) -> Parts:
    """Part the labelled flights into past and future.

    Args:
        features: the features table; flights without a label are left out.
        train_until: the last day that the final model learns from.
        validate_days: how many days up to and including `train_until` the choices are made on.

    Raises:
        ValueError: a part would be empty.
    """
    labelled = features[features["late"].notna()]
    choose_from, end = train_until - timedelta(days=validate_days - 1), train_until + timedelta(days=1)
    scheduled, landed = labelled["scheduled_at"], labelled["landed_at"]
    parts = Parts(
        fit=labelled[landed < midnight(choose_from)],
        validate=labelled[(scheduled >= midnight(choose_from)) & (landed < midnight(end))],
        learn=labelled[landed < midnight(end)],
        after=labelled[scheduled >= midnight(end)],
    )
    _check_filled(parts.fit, f"before {choose_from}, to fit on", labelled)
    _check_filled(parts.validate, f"from {choose_from} to {train_until}, to choose by", labelled)
    _check_filled(parts.after, f"after {train_until}, to be judged by", labelled)
    return parts


def test_window(features: pd.DataFrame, *, after: date, until: date) -> pd.DataFrame:
    """Return the labelled flights of the days after `after`, up to and including `until`.

    Raises:
        ValueError: the window ends before it begins, or is empty.
    """
    if until <= after:
        raise ValueError(
            f"The test window ends on {until}, but the model learnt until {after}; expected a later end.\n"
            "Set evaluate.test_until to a day after train.train_until."
        )
    scheduled = features["scheduled_at"]
    begin, end = midnight(after + timedelta(days=1)), midnight(until + timedelta(days=1))
    window = features[features["late"].notna() & (scheduled >= begin) & (scheduled < end)]
    _check_filled(window, f"after {after} and up to {until}, to be judged by", features)
    return window


def fair_window(
    features: pd.DataFrame, *, after: date, until: date, champion: Mapping[str, Any]
) -> tuple[pd.DataFrame, str]:
    """Return the flights by which a candidate and the champion can both be judged: new to both of them.

    Args:
        features: the features table.
        after: the last day that the candidate learnt from.
        until: the last day of the window.
        champion: the record of the champion, `stage.inputs["flight-delay@champion"]`.

    Returns:
        The flights, and nothing; or, when none is left that is new to both, the candidate's own window and
        the reason why the two cannot be compared.

    Raises:
        ValueError: not even the candidate can be judged.
    """
    own = test_window(features, after=after, until=until)
    if champion["kind"] == "absent":
        return own, ""
    told = champion.get("parameters", {}).get("train_until")
    if told is None:
        return own, "its version does not tell until when it learnt"
    left = own[own["scheduled_at"] >= midnight(date.fromisoformat(told) + timedelta(days=1))]
    if left["late"].nunique() == 2:
        return left, ""
    return own, f"it learnt until {told}, so that up to {until} nothing is left that is new to both"


def local_days(instants: pd.Series) -> pd.Series:
    """Return the day in New York of each instant, as a timestamp without a zone."""
    days: pd.Series = instants.dt.tz_convert(HOME).dt.tz_localize(None).dt.normalize()
    return days


def midnight(day: date) -> pd.Timestamp:
    """Return the instant at which a day begins in New York."""
    return pd.Timestamp(day).tz_localize(HOME)


def _check_filled(part: pd.DataFrame, what: str, features: pd.DataFrame) -> None:
    """Need late and punctual flights in every part: nothing can be learnt or judged on one kind alone."""
    kinds = part["late"].nunique()
    if kinds == 2:
        return
    days = local_days(features["scheduled_at"])
    got = "no flight" if part.empty else "only one kind of flight"
    raise ValueError(
        f"There is {got} {what}; expected late and punctual ones. "
        f"The features hold {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}.\n"
        "Move train_until, or make validate_days smaller."
    )
