"""How good the answers were, once the truth is known: metrics with block intervals, against their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import PERFORMANCE, Check
from workbench.monitoring.limit import in_doubt, words
from workbench.monitoring.limit import judged as verdict_of
from workbench.monitoring.measure import (
    BIAS,
    HIGHER,
    Judged,
    Measured,
    block_means,
    changed,
    measured,
    metrics_of,
)
from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    from workbench.project.monitoring import LimitConfig

METHOD = "block bootstrap"


@dataclass(frozen=True)
class Bar:
    """What metrics are held to.

    Attributes:
        limits: by metric.
        reference: the rows that the model was judged by before it served, if their scores were kept.
        min_rows, min_blocks: with fewer nothing is concluded.
        doubt: why nothing may be concluded at all; empty when something may.
    """

    limits: Mapping[str, LimitConfig]
    reference: Judged | None = None
    min_rows: int = 200
    min_blocks: int = 5
    doubt: str = ""
    _measured: dict[str, Measured] = field(default_factory=dict, repr=False)

    def of_reference(self, name: str) -> Measured | None:
        """Return a metric of the reference's rows; None where there are none."""
        if self.reference is None:
            return None
        if name not in self._measured:
            try:
                self._measured[name] = measured(name, self.reference)
            except Unmeasurable:
                return None
        return self._measured.get(name)

    def too_thin(self, rows: int, blocks: int) -> str:
        """Return why rows are not enough to conclude from; empty when they are."""
        if self.doubt:
            return self.doubt
        if rows < self.min_rows:
            return f"{rows:,} rows whose truth is known are too few; at least {self.min_rows:,} are needed"
        if blocks < self.min_blocks:
            return f"{blocks} blocks of time are too few; at least {self.min_blocks} are needed"
        return ""


def performance(
    judged: Judged, bar: Bar, *, version: int | None = None, arm: str | None = None
) -> Iterator[Check]:
    """Yield a check for each metric of a model's task.

    Args:
        judged: the rows whose truth is known.
        bar: what they are held to.
        version: whose rows they are; None: of all that were answered.
        arm: likewise.
    """
    for name in metrics_of(judged.task):
        yield one_metric(name, judged, bar, version=version, arm=arm)
    for name in sorted(set(bar.limits) - set(metrics_of(judged.task))):
        note = f"a {judged.task} model has no metric {name}; it has {', '.join(metrics_of(judged.task))}"
        yield Check(PERFORMANCE, name, Verdict.INCONCLUSIVE, note, version=version, arm=arm)


def one_metric(
    name: str, judged: Judged, bar: Bar, *, version: int | None = None, arm: str | None = None
) -> Check:
    """Return the check of one metric; what cannot be measured is inconclusive."""
    own: dict[str, Any] = {"method": METHOD, "version": version, "arm": arm}
    if bar.doubt and not judged.rows:
        return Check(PERFORMANCE, name, Verdict.INCONCLUSIVE, bar.doubt, **own)
    try:
        found = measured(name, judged)
    except Unmeasurable as reason:
        return Check(PERFORMANCE, name, Verdict.INCONCLUSIVE, str(reason), **own)
    then = bar.of_reference(name)
    evidence: dict[str, Any] = {"rows": judged.rows, "blocks": found.bounds.blocks}
    if found.values is not None:
        evidence["by_block"] = [list(each) for each in block_means(found.values)]
    if then is not None:
        evidence["reference"] = then.bounds.mean
    verdict, note, limit = _held(name, found, then, bar, judged.rows)
    return Check(
        PERFORMANCE,
        name,
        verdict,
        note,
        found.bounds.mean,
        finite(found.bounds.lower),
        finite(found.bounds.upper),
        limit,
        evidence=evidence,
        **own,
    )


def held_to(
    name: str, bounds: Bounds, limit: LimitConfig | None, change: Bounds | None, then: float | None
) -> tuple[Verdict, str, float | None]:
    """Return the verdict on a metric, its reason, and the limit in the metric's own unit.

    Args:
        name: of the metric.
        bounds: of its value.
        limit: None: nothing is asked of it.
        change: its value less the reference's, with bounds; None where there is no reference.
        then: the reference's value.
    """
    if limit is None:
        return Verdict.PASS, "measured; no limit is declared", None
    verdicts, numbers = [], []
    least = limit.at_least if limit.at_least is not None else -inf
    most = limit.at_most if limit.at_most is not None else inf
    if isfinite(least) or isfinite(most):
        verdicts.append(verdict_of(bounds, least, most))
        numbers.append(least if isfinite(least) else most)
    if limit.max_change is not None:
        if change is None or then is None:
            return (
                Verdict.INCONCLUSIVE,
                "there is no reference performance to compare with; keep scores with the version: "
                "wb.reference(…, score=…, label=…)",
                None,
            )
        verdicts.append(_no_worse(name, change, limit.max_change))
        numbers.append(then + (-limit.max_change if name in HIGHER else limit.max_change))
    return combined(verdicts), _said(combined(verdicts), words(limit), then), numbers[0]


def finite(value: float) -> float | None:
    """Return a number that JSON knows; None for infinity."""
    return value if isfinite(value) else None


def _held(
    name: str, found: Measured, then: Measured | None, bar: Bar, rows: int
) -> tuple[Verdict, str, float | None]:
    change = changed(found, then) if then is not None else None
    verdict, note, limit = held_to(
        name, found.bounds, bar.limits.get(name), change, then.bounds.mean if then else None
    )
    thin = bar.too_thin(rows, found.bounds.blocks)
    return (Verdict.INCONCLUSIVE, thin, limit) if thin else (verdict, note, limit)


def _no_worse(name: str, change: Bounds, most: float) -> Verdict:
    if name == BIAS:
        return verdict_of(change, -most, most)
    return verdict_of(change, -most, inf) if name in HIGHER else verdict_of(change, -inf, most)


def _said(verdict: Verdict, limit: str, then: float | None) -> str:
    before = f"; the reference has {then:.4f}" if then is not None else ""
    return in_doubt(verdict, limit) + before
