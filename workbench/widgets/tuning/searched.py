"""A search as it stands: its trials, what was looked for, and what has been found so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from workbench.insight.experiments import Trial, Trials

COMPLETE, PRUNED, FAILED, GOING = "complete", "pruned", "failed", "going"
"""How a trial stands."""

_STANDS = {
    "complete": COMPLETE,
    "succeeded": COMPLETE,
    "reused": COMPLETE,
    "pruned": PRUNED,
    "running": GOING,
    "waiting": GOING,
}
_HIGHER = ("auc", "accuracy", "precision", "recall", "f1", "r2", "gain", "score")


@dataclass(frozen=True)
class Searched:
    """A search at a moment.

    Attributes:
        about: what is searched, in words.
        trials: every trial, the oldest first.
        goals: what was looked for, by metric: whether more is better; the first is the main one.
    """

    about: str
    trials: Trials
    goals: dict[str, bool]

    @property
    def goal(self) -> str:
        """The metric that is looked at first; empty when nothing was measured."""
        return next(iter(self.goals), "")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many trials stand how."""
        found = dict.fromkeys((COMPLETE, PRUNED, FAILED, GOING), 0)
        for trial in self.trials.trials:
            found[stands(trial)] += 1
        return found

    def complete(self) -> Trials:
        """Return the search without what was given up, failed or still runs."""
        kept = tuple(trial for trial in self.trials.trials if stands(trial) == COMPLETE)
        return Trials(self.trials.parameters, self.trials.metrics, kept)

    def best(self, goal: str) -> Trial | None:
        """Return the best complete trial by a goal, the first of equals; None before the first."""
        known = [trial for trial in self.complete().trials if goal in trial.metrics]
        pick = max if self.goals[goal] else min
        return pick(known, key=lambda trial: trial.metrics[goal], default=None)

    def so_far(self, goal: str) -> list[float | None]:
        """Return after each trial the best value of complete ones."""
        pick = max if self.goals[goal] else min
        found: list[float | None] = []
        best: float | None = None
        for trial in self.trials.trials:
            value = trial.metrics.get(goal) if stands(trial) == COMPLETE else None
            if value is not None:
                best = value if best is None else pick(best, value)
            found.append(best)
        return found

    def since_best(self, goal: str) -> int:
        """Return how many complete trials came after the best one."""
        best = self.best(goal)
        done = self.complete().trials
        return len(done) - 1 - done.index(best) if best is not None else 0


class Source(Protocol):
    """Where a search is looked at.

    The contract: `look` may be called from any thread, at any time, and costs little when nothing is new.
    """

    def look(self) -> Searched:
        """Return the search as it stands."""


def stands(trial: Trial) -> str:
    """Return how a trial stands; whatever else an outcome may be is a failure."""
    return _STANDS.get(trial.state, FAILED)


def varied(trials: Iterable[Trial], metrics: Sequence[str]) -> Trials:
    """Return trials with the parameters that were not the same in all."""
    every = tuple(trials)
    values: dict[str, set[str]] = {}
    for trial in every:
        for name, value in trial.parameters.items():
            values.setdefault(name, set()).add(repr(value))
    counted = {name: sum(name in trial.parameters for trial in every) for name in values}
    names = tuple(n for n, found in values.items() if len(found) > 1 or counted[n] < len(every))
    return Trials(names, tuple(metrics), every)


def more_is_better(metric: str) -> bool:
    """Guess from a metric's name; what is only called `value` is a loss more often than not."""
    return any(word in metric.casefold() for word in _HIGHER)
