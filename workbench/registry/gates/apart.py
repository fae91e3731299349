"""How far apart two groups of rows are in a metric, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.gates.blocked import Blocked, plain
from workbench.registry.group import Group

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST = 1e300  # a ratio beyond it is written as this


@dataclass(frozen=True)
class Side:
    """A group, with what each row adds to the metric.

    Attributes:
        rows: those of the group's rows that count, such as the late ones for a rate among them.
        parts: one number for each of these, whose mean is the metric.
    """

    group: Group
    rows: NDArray[np.int64]
    parts: NDArray[np.float64]

    @property
    def value(self) -> float:
        """The group's metric."""
        return float(self.parts.mean())

    def log_parts(self) -> NDArray[np.float64]:
        """Return numbers whose mean is the logarithm of the group's metric."""
        value = self.value
        if value <= 0:
            raise Unmeasurable(f"{self.group.label} has a metric of {value:g}, of which there is no ratio")
        return log(value) + (self.parts - value) / value


@dataclass(frozen=True)
class Pair:
    """Two groups, and how far the first is above the second."""

    ours: Side
    theirs: Side
    difference: Bounds
    log_ratio: Bounds | None

    @property
    def label(self) -> str:
        """Both groups in words, with their metrics."""
        one, other = self.ours, self.theirs
        return f"{one.group.label} ({one.value:.4f}) and {other.group.value} ({other.value:.4f})"

    @property
    def ratio(self) -> dict[str, Any] | None:
        """The ratio of the first group's metric to the second's, with its bounds, as JSON."""
        found = self.log_ratio
        if found is None:
            return None
        sides = {"value": found.mean, "lower": found.lower, "upper": found.upper}
        return {name: min(exp(min(value, 700.0)), _LARGEST) for name, value in sides.items()}

    def row(self) -> dict[str, Any]:
        """Return the pair as a row of a table."""
        ratio = self.ratio or {}
        return {
            "column": self.ours.group.column,
            "group": self.ours.group.value,
            "rows": len(self.ours.group.rows),
            "metric": self.ours.value,
            "other": self.theirs.group.value,
            "other_rows": len(self.theirs.group.rows),
            "other_metric": self.theirs.value,
            **{f"difference_{name}": value for name, value in plain(self.difference).items()},
            **{f"ratio_{name}": value for name, value in ratio.items()},
        }


def pair(ours: Side, theirs: Side, blocks: NDArray[np.int64], rule: Blocked, *, ratio: bool) -> Pair:
    """Return how far two groups are apart.

    Args:
        ours: one group.
        theirs: another, with no row in common.
        blocks: the block of every row of the whole, shape (rows,); groups share a block's fate.
        rule: the settings of the bootstrap.
        ratio: whether their ratio is asked for, too.
    """

    def bounds(one: NDArray[np.float64], other: NDArray[np.float64]) -> Bounds:
        return rule.apart((one, blocks[ours.rows]), (other, blocks[theirs.rows]))

    return Pair(
        ours,
        theirs,
        bounds(ours.parts, theirs.parts),
        bounds(ours.log_parts(), theirs.log_parts()) if ratio else None,
    )
