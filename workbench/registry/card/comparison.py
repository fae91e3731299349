"""A candidate's metrics beside those of its baselines and of the champion it was measured against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.registry.metric import METRICS

CANDIDATE = "this version"


@dataclass(frozen=True)
class Comparison:
    """Metrics by who was measured.

    Attributes:
        metrics: the names, the model's own first.
        who: the candidate first.
        values: by who and metric.
        alone: other numbers, which nobody else has.
    """

    metrics: Sequence[str]
    who: Sequence[str]
    values: Mapping[tuple[str, str], float | None]
    alone: Mapping[str, float | None]

    def better_by(self, metric: str, other: str) -> float | None:
        """Return by which share of the other's value the candidate's is better; negative when worse."""
        ours, theirs = self.values.get((CANDIDATE, metric)), self.values.get((other, metric))
        if ours is None or not theirs or metric not in METRICS:
            return None
        gain = (ours - theirs) / abs(theirs)
        return gain if METRICS[metric].better == "higher" else -gain


def compared(metrics: Mapping[str, float | None], first: str) -> Comparison:
    """Read who is who from names: `logistic_auc` beside `auc` is the AUC of `logistic`.

    Args:
        metrics: as a stage logged them.
        first: the model's own metric.
    """
    named = {name: pair for name in metrics if (pair := _whose(name, metrics))}
    columns = {metric for _, metric in named.values()} | {name for name in metrics if name in METRICS}
    columns &= metrics.keys()
    values = {pair: metrics[name] for name, pair in named.items()}
    values |= {(CANDIDATE, metric): metrics[metric] for metric in columns}
    return Comparison(
        sorted(columns, key=lambda metric: (metric != first, list(metrics).index(metric))),
        [CANDIDATE, *_best_first({who for who, _ in named.values()}, values, first)],
        values,
        {name: number for name, number in metrics.items() if name not in named and name not in columns},
    )


def _best_first(
    others: Iterable[str], values: Mapping[tuple[str, str], float | None], metric: str
) -> list[str]:
    better = METRICS[metric].better if metric in METRICS else "higher"

    def rank(who: str) -> tuple[bool, float, str]:
        number = values.get((who, metric))
        return number is None, (number or 0) * (-1 if better == "higher" else 1), who

    return sorted(others, key=rank)


def _whose(name: str, metrics: Mapping[str, float | None]) -> tuple[str, str] | None:
    ends = (metric for metric in metrics if name.endswith(f"_{metric}"))
    metric = max(ends, key=len, default=None)
    return (name.removesuffix(f"_{metric}"), metric) if metric else None
