"""Good enough by itself: one metric on one side of a bar."""

from __future__ import annotations

from workbench.registry.gate import Finding, Scored
from workbench.registry.gates.bar import Bar
from workbench.registry.metric import measure
from workbench.registry.verdict import Verdict


class Quality(Bar):
    """`quality = { metric = "auc", at_least = 0.68 }`."""

    def judge(self, scored: Scored) -> Finding:
        """Return pass when the metric is on the right side of the bar."""
        value = measure(self.metric, scored.task, scored.y, scored.score)
        return Finding(
            Verdict.PASS if self.room(value) >= 0 else Verdict.FAIL,
            f"{self.metric} {value:.4f}, must be {self.words}",
            {"metric": self.metric, "value": value, "rows": scored.rows},
        )
