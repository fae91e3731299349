"""Probabilities that mean what they say: expected calibration error and calibration slope, with bounds."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, Any, Self

from annotated_types import Ge, Gt
from pydantic import model_validator

from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Finding, Scored, Unmeasurable
from workbench.registry.gates.blocked import Blocked, plain, within
from workbench.registry.metric import check_numbers
from workbench.registry.reliability import ece_parts, said_and_happened, slope_parts
from workbench.registry.verdict import combined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Calibration(Blocked):
    """`calibration = { max_ece = 0.03, min_slope = 0.8, max_slope = 1.25 }`.

    The expected calibration error is the mean distance between what was said and what happened, in bins of
    equally many rows. The slope is that of a logistic regression of the truth on the scores' logits (Cox,
    1958); for values, of the truth on the predictions. Below 1 the model is too sure of itself, above 1
    not sure enough. It passes when the bounds are within the limits, fails when they are beyond one, and
    is inconclusive in between.

    Attributes:
        max_ece: the largest expected calibration error.
        min_slope: the smallest slope.
        max_slope: the largest slope.
        bins: how many bins the rows are put into.
    """

    max_ece: Annotated[float, Gt(0)] | None = None
    min_slope: float | None = None
    max_slope: float | None = None
    bins: Annotated[int, Ge(2)] = 10

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if (self.max_ece, self.min_slope, self.max_slope) == (None, None, None):
            raise ValueError("needs max_ece, min_slope or max_slope, the limits that it holds")
        return self

    @property
    def _sloped(self) -> bool:
        return self.min_slope is not None or self.max_slope is not None

    def fits(self, task: str) -> str:
        """Return why a limit means nothing for a model of this task."""
        if task == "multiclass" and self._sloped:
            return "several classes have no one slope; hold max_ece, which judges the likeliest class"
        if task == "regression" and self.max_ece is not None:
            return "values are no probabilities, so there is no max_ece; hold min_slope and max_slope"
        return ""

    def judge(self, scored: Scored) -> Finding:
        """Return pass when what is said is shown to happen."""
        check_numbers(scored.task, scored.y, scored.score)
        blocks = self.blocks(scored)
        number = self.check_blocks(blocks)
        y, said = said_and_happened(scored)
        if scored.rows < 2 * self.bins:
            raise Unmeasurable(f"{scored.rows} rows are too few for {self.bins} bins")
        evidence: dict[str, Any] = {"rows": scored.rows, "blocks": number}
        verdicts, words = [], []
        table: list[dict[str, Any]] = []
        if scored.task != "regression":
            error, table = self._error(y, said, blocks)
            evidence |= {"said": float(said.mean()), "happened": float(y.mean()), "ece": plain(error)}
            if self.max_ece is not None:
                verdicts.append(within(error, -inf, self.max_ece))
                words.append(self._words("error", error, f"at most {self.max_ece:g}"))
        if self._sloped:
            slope = self.bounds(slope_parts(y, said, scored.task), blocks)
            evidence["slope"] = plain(slope)
            least = self.min_slope if self.min_slope is not None else -inf
            most = self.max_slope if self.max_slope is not None else inf
            verdicts.append(within(slope, least, most))
            words.append(self._words("slope", slope, f"from {least:g} to {most:g}"))
        return Finding(combined(verdicts), "; ".join(words), evidence, table)

    def _error(
        self, y: NDArray[np.float64], said: NDArray[np.float64], blocks: NDArray[np.int64]
    ) -> tuple[Bounds, list[dict[str, Any]]]:
        """Return the error with bounds; a sign that is chosen by the data must not make it surer."""
        plug, crossed, table = ece_parts(y, said, blocks, self.bins)
        highest, lowest = self.bounds(plug, blocks), self.bounds(crossed, blocks)
        lower = max(0.0, min(lowest.lower, highest.mean))
        return Bounds(highest.mean, lower, highest.upper, highest.blocks), table

    def _words(self, what: str, bounds: Bounds, limit: str) -> str:
        return (
            f"{what} {bounds.mean:.4f}, {self.confidence:.0%} bounds {bounds.lower:.4f} and "
            f"{bounds.upper:.4f}, must be {limit}"
        )
