"""Still good when rows are not as they should be: the metric's drop when values are lost, off or new."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from annotated_types import Ge, Le
from pydantic import model_validator

from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Finding, Scored, Unmeasurable
from workbench.registry.gates.bar import unfit
from workbench.registry.gates.blocked import Blocked, plain, within
from workbench.registry.influence import parts
from workbench.registry.metric import METRICS, check_numbers
from workbench.registry.perturbation import PERTURBATIONS
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_TOLERANCE = 1e-6


class Robustness(Blocked):
    """`robustness = { metric = "auc", max_drop = 0.05, missing = 0.1, noise = 0.1, unseen = 0.1 }`.

    The candidate scores the rows anew, once for each way in which they are changed, and the metric's drop
    on the same rows is bounded. It passes when every bound is within the limit, fails when one is beyond
    it or the candidate cannot score what was changed, and is inconclusive in between.

    Attributes:
        metric: one of the model's task.
        max_drop: how much worse the metric may become, in its own unit.
        missing: the share of every feature's values that are lost; 0 leaves this out, as below.
        noise: by how many of its standard deviations every number is off.
        unseen: the share of every feature of names that are replaced by a name never seen.
        rows: how many rows, drawn with a fixed seed, are scored anew.
    """

    needs: ClassVar[tuple[str, ...]] = ("frame", "candidate")

    metric: str
    max_drop: Annotated[float, Ge(0)]
    missing: Annotated[float, Ge(0), Le(1)] = 0.1
    noise: Annotated[float, Ge(0)] = 0.1
    unseen: Annotated[float, Ge(0), Le(1)] = 0.1
    rows: Annotated[int, Ge(100)] = 20_000

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(self._shares.values()):
            raise ValueError("needs missing, noise or unseen above 0, or nothing is changed")
        return self

    @property
    def _shares(self) -> dict[str, float]:
        return {"missing": self.missing, "noise": self.noise, "unseen": self.unseen}

    def fits(self, task: str) -> str:
        """Return why the metric cannot be had from a model of this task."""
        return unfit(self.metric, task)

    def judge(self, scored: Scored) -> Finding:
        """Return pass when the metric is shown to drop by no more than the limit."""
        import numpy as np

        check_numbers(scored.task, scored.y, scored.score)
        blocks = self.blocks(scored)
        drawn = np.sort(np.random.default_rng(0).permutation(scored.rows)[: self.rows])
        self.check_blocks(blocks[drawn])
        rows, features = self._frame(scored, drawn)
        before = parts(self.metric, scored.task, scored.y[drawn], scored.score[drawn])
        evidence: dict[str, Any] = {"metric": self.metric, "before": float(before.mean()), "rows": len(drawn)}
        verdicts, words = [], []
        for name, share in self._shares.items():
            if share == 0:
                continue
            try:
                after = self._after(scored, drawn, self._changed(name, rows, features))
            except _CannotScoreError as error:
                verdicts.append(Verdict.FAIL)
                words.append(f"{name}: {error}")
                continue
            drop = self._drop(before, after, blocks[drawn])
            evidence[name] = {"after": float(after.mean()), "drop": plain(drop)}
            verdicts.append(within(drop, -inf, self.max_drop))
            words.append(f"{name} {drop.mean:+.4f} ({drop.lower:+.4f} to {drop.upper:+.4f})")
        said = f"{self.metric} drops by {'; '.join(words)}; must be at most {self.max_drop:g}"
        return Finding(combined(verdicts), said, evidence)

    def _frame(self, scored: Scored, drawn: NDArray[np.int64]) -> tuple[pd.DataFrame, list[str]]:
        import numpy as np

        if scored.frame is None or scored.candidate is None:
            raise Unmeasurable("no frame or no candidate was given, so nothing can be scored anew")
        rows = scored.frame.iloc[drawn].reset_index(drop=True)
        again = scored.candidate.score(rows)
        given = scored.score[drawn]
        if again.shape != given.shape or not np.allclose(again, given, rtol=_TOLERANCE, atol=_TOLERANCE):
            raise Unmeasurable(
                "the candidate scores the frame's rows otherwise than the scores that were given; "
                "give the rows that were scored, and predict=… where they are changed on the way"
            )
        return rows, scored.candidate.features(rows)

    def _changed(self, name: str, rows: pd.DataFrame, features: list[str]) -> pd.DataFrame:
        import numpy as np

        return PERTURBATIONS[name](rows, features, self._shares[name], np.random.default_rng(1))

    def _after(self, scored: Scored, drawn: NDArray[np.int64], changed: pd.DataFrame) -> NDArray[np.float64]:
        assert scored.candidate is not None
        try:
            score = scored.candidate.score(changed)
        except Exception as error:
            raise _CannotScoreError(f"it cannot score them ({type(error).__name__}: {error})") from error
        return parts(self.metric, scored.task, scored.y[drawn], score)

    def _drop(
        self, before: NDArray[np.float64], after: NDArray[np.float64], blocks: NDArray[np.int64]
    ) -> Bounds:
        higher = METRICS[self.metric].better == "higher"
        return self.bounds(before - after if higher else after - before, blocks)


class _CannotScoreError(Exception):
    """The candidate raised on rows that were changed."""
