"""A metric, and the bar that it is held to."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from workbench.registry.gate import Rule
from workbench.registry.metric import METRICS


class Bar(Rule):
    """Settings of a gate that holds a metric to a bar; the bar itself is good enough.

    Attributes:
        metric: one that fits the model's task.
        at_least: the least that is good enough.
        at_most: the most that is good enough.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_a_bar(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most, the bar that the metric is held to")
        return self

    def fits(self, task: str) -> str:
        """Return why the metric cannot be had from a model of this task."""
        return unfit(self.metric, task)

    def room(self, value: float) -> float:
        """Return how far a value is from the nearer bar; below zero it is on the wrong side."""
        above = value - self.at_least if self.at_least is not None else float("inf")
        below = self.at_most - value if self.at_most is not None else float("inf")
        return min(above, below)

    @property
    def words(self) -> str:
        """The bar in words."""
        bars = {"at least": self.at_least, "at most": self.at_most}
        return " and ".join(f"{word} {limit:g}" for word, limit in bars.items() if limit is not None)


def unfit(metric: str, task: str) -> str:
    """Return why a metric does not fit a task; empty when it does."""
    known = [m.name for m in METRICS.values() if task in m.tasks]
    if metric in known:
        return ""
    return f"metric is {metric!r}; for a {task} model it is one of {', '.join(known)}"
