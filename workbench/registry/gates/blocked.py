"""Gates that say how sure they are: bounds from a bootstrap over blocks of time, held against a limit."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Gt, Lt
from pydantic import field_validator

from workbench.registry.block import ROW, block_ids, block_length
from workbench.registry.bootstrap import Bounds, block_bounds, difference_bounds
from workbench.registry.gate import Rule, Scored, Unmeasurable
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.registry.bootstrap import Sample


class Blocked(Rule):
    """Settings of a gate that bounds what it measures.

    Attributes:
        block: length of a block; "row" when rows are independent of each other, which is rare.
        confidence: of each bound by itself.
        min_blocks: with fewer blocks than this nothing is concluded.
        resamples: draws of the bootstrap.
    """

    block: str = "1d"
    confidence: Annotated[float, Gt(0.5), Lt(1)] = 0.95
    min_blocks: Annotated[int, Ge(2)] = 10
    resamples: Annotated[int, Ge(200)] = 2000

    @field_validator("block")
    @classmethod
    def _is_a_length(cls, block: str) -> str:
        block_length(block)
        return block

    @property
    def blocked(self) -> bool:
        """Whether the times of the rows are needed."""
        return self.block != ROW

    @property
    def unit(self) -> str:
        """What a block is, in words."""
        return "rows" if self.block == ROW else f"blocks of {self.block}"

    def blocks(self, scored: Scored) -> NDArray[np.int64]:
        """Return each row's block; raise Unmeasurable when the times are missing."""
        import numpy as np

        if self.block == ROW:
            return np.arange(scored.rows)
        if scored.times is None:
            raise Unmeasurable(f"times were not given, so rows cannot be put into blocks of {self.block}")
        missing = int(np.isnat(scored.times).sum())
        if missing:
            raise Unmeasurable(f"times are missing in {missing:,} of {scored.rows:,} rows")
        return block_ids(scored.times, self.block)

    def bounds(self, values: NDArray[np.float64], blocks: NDArray[np.int64]) -> Bounds:
        """Return a mean with its bounds; raise Unmeasurable when a value is no number."""
        import numpy as np

        if not np.isfinite(values).all():
            raise Unmeasurable("what the bounds are had from is missing or not a number in some rows")
        return block_bounds(values, blocks, confidence=self.confidence, resamples=self.resamples)

    def apart(self, ours: Sample, theirs: Sample) -> Bounds:
        """Return the mean of some rows less that of others, with its bounds."""
        return difference_bounds(ours, theirs, confidence=self.confidence, resamples=self.resamples)

    def check_blocks(self, blocks: NDArray[np.int64]) -> int:
        """Return the number of blocks; raise Unmeasurable when they are too few to conclude from."""
        import numpy as np

        number = len(np.unique(blocks))
        if number < self.min_blocks:
            raise Unmeasurable(self.too_few(number))
        return number

    def too_few(self, number: int) -> str:
        """Return, in words, that so many blocks are not enough."""
        return f"{number} {self.unit} are too few to compare; at least {self.min_blocks} are needed"


def within(bounds: Bounds, least: float, most: float) -> Verdict:
    """Return pass when both bounds are within the limits, fail when both are beyond one of them."""
    if least <= bounds.lower and bounds.upper <= most:
        return Verdict.PASS
    if bounds.lower > most or bounds.upper < least:
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE


def plain(bounds: Bounds) -> dict[str, Any]:
    """Return a value and its bounds as JSON, in which infinity is null."""
    return {
        "value": bounds.mean,
        "lower": bounds.lower if isfinite(bounds.lower) else None,
        "upper": bounds.upper if isfinite(bounds.upper) else None,
    }
