"""What right and wrong answers cost, and the threshold at which they cost least."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from workbench.errors import UnknownNameError, UsageError
from workbench.widgets.threshold.points import Point, Rows


@dataclass(frozen=True)
class Cost:
    """The cost of one row, in whatever unit: below zero it is a gain.

    Attributes:
        false_positive: of an alarm for nothing.
        false_negative: of what was missed.
        true_positive: of what was found, such as the work that an alarm makes.
        true_negative: of what was rightly left alone.
    """

    false_positive: float = 0.0
    false_negative: float = 0.0
    true_positive: float = 0.0
    true_negative: float = 0.0

    def of(self, point: Point) -> float:
        """Return the cost of a thousand rows."""
        quiet = point.rows - point.selected - point.missed
        whole = (
            self.false_positive * point.false_alarms
            + self.false_negative * point.missed
            + self.true_positive * point.hits
            + self.true_negative * quiet
        )
        return 1000 * whole / point.rows if point.rows else 0.0

    def cheapest(self, rows: Rows) -> float:
        """Return the threshold at which rows cost least; the highest of several."""
        import numpy as np

        thresholds, hits, false = rows.steps
        gained = (self.false_negative - self.true_positive) * hits
        lost = (self.false_positive - self.true_negative) * false
        balance = lost - gained
        return float(thresholds[len(balance) - 1 - int(np.argmin(balance[::-1]))])


def read_cost(given: Any) -> Cost | None:
    """Return what was given as the cost: a mapping of names to numbers.

    Raises:
        UsageError: it is none, or an error would cost less than the right answer.
    """
    if given is None or isinstance(given, Cost):
        return given
    names = [field.name for field in fields(Cost)]
    if not isinstance(given, Mapping):
        raise UsageError(
            f"cost must be a mapping of {', '.join(names)} to numbers, but got {type(given).__name__}.",
            hint='Say what an error costs: cost={"false_positive": 1, "false_negative": 5}',
        )
    for name in given:
        if name not in names:
            raise UnknownNameError("cost", str(name), names)
    cost = Cost(**{name: _number(name, value) for name, value in given.items()})
    pairs = (("false_positive", "true_negative"), ("false_negative", "true_positive"))
    for wrong, right in pairs:
        if getattr(cost, wrong) < getattr(cost, right):
            raise UsageError(
                f"cost has {wrong} = {getattr(cost, wrong):g} below {right} = {getattr(cost, right):g}: then "
                "the wrong answer is cheaper than the right one.",
                hint="Give an error at least the cost of the right answer to the same row.",
            )
    return cost


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            f"cost[{name!r}] must be a number, but got {value!r}.", hint="Give one number for each."
        )
    return number
