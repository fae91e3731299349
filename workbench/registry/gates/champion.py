"""No worse than the champion: paired, with a margin, and days as the units of evidence."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge

from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Finding, Scored, Unmeasurable
from workbench.registry.gates.bar import unfit
from workbench.registry.gates.blocked import Blocked
from workbench.registry.metric import METRICS, check_numbers, row_losses
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Champion(Blocked):
    """`champion = { metric = "log_loss", margin = 0.005, block = "1d" }`.

    Both models score the same rows, and the mean of (candidate's loss − champion's loss) is bounded
    from both sides by a bootstrap over blocks of time. It passes when even the upper bound is within
    the margin, fails when even the lower bound is beyond it, and is inconclusive in between.

    The evidence's `shown` says it of both directions: `worse` or `better` by more than the margin, `equal`
    within it, or `nothing`.

    Attributes:
        metric: one with a loss per row.
        margin: how much worse, in the metric's own unit, still counts as no worse.
    """

    compares: ClassVar[bool] = True

    metric: str
    margin: Annotated[float, Ge(0)]

    def fits(self, task: str) -> str:
        """Return why this metric cannot be compared row by row for a model of this task."""
        known = [m.name for m in METRICS.values() if m.loss and task in m.tasks]
        if unfit(self.metric, task) or METRICS[self.metric].loss is None:
            return (
                f"metric is {self.metric!r}; row by row, a {task} model is compared by {' or '.join(known)}"
            )
        return ""

    def judge(self, scored: Scored) -> Finding:
        """Return pass when the candidate is shown to be no worse than the champion by the margin."""
        check_numbers(scored.task, scored.y, scored.score)
        if scored.champion is None:
            note = "nobody is champion yet, so there is nothing to be worse than"
            return Finding(Verdict.PASS, note, {"against": None, "rows": scored.rows})
        if scored.champion_score is None or scored.incomparable:
            why = scored.incomparable or "its scores were not given"
            raise Unmeasurable(f"version {scored.champion} is champion, but {why}")
        ours = row_losses(self.metric, scored.task, scored.y, scored.score, "candidate")
        theirs = row_losses(self.metric, scored.task, scored.y, scored.champion_score, "champion")
        bounds = self.bounds(ours - theirs, self.blocks(scored))
        verdict = self._verdict(bounds)
        return Finding(verdict, self._words(bounds, scored), self._evidence(bounds, scored, ours, theirs))

    def _verdict(self, bounds: Bounds) -> Verdict:
        if bounds.blocks < self.min_blocks:
            return Verdict.INCONCLUSIVE
        if bounds.upper <= self.margin:
            return Verdict.PASS
        return Verdict.FAIL if bounds.lower > self.margin else Verdict.INCONCLUSIVE

    def _words(self, bounds: Bounds, scored: Scored) -> str:
        if bounds.blocks < self.min_blocks:
            return self.too_few(bounds.blocks)
        return (
            f"{self.metric} {bounds.mean:+.5f} against version {scored.champion}, "
            f"{self.confidence:.0%} bounds {bounds.lower:+.5f} and {bounds.upper:+.5f}, "
            f"margin {self.margin:g}, {bounds.blocks} {self.unit}"
        )

    def _evidence(
        self, bounds: Bounds, scored: Scored, ours: NDArray[np.float64], theirs: NDArray[np.float64]
    ) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "against": scored.champion,
            "candidate": float(ours.mean()),
            "champion": float(theirs.mean()),
            "difference": bounds.mean,
            "lower": bounds.lower if isfinite(bounds.lower) else None,
            "upper": bounds.upper if isfinite(bounds.upper) else None,
            "shown": self._shown(bounds),
            "blocks": bounds.blocks,
            "rows": scored.rows,
        }

    def _shown(self, bounds: Bounds) -> str:
        """Say what is shown beyond doubt; enough rows show differences that nobody would care for."""
        if bounds.lower > self.margin:
            return "worse"
        if bounds.upper < -self.margin:
            return "better"
        return "equal" if max(-bounds.lower, bounds.upper) <= self.margin else "nothing"
