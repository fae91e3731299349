"""What a number is held against, and what follows from its bounds."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from workbench.registry.bootstrap import Bounds
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.project.monitoring import LimitConfig


def judged(bounds: Bounds, least: float = -inf, most: float = inf, *, surer: Bounds | None = None) -> Verdict:
    """Return pass when both bounds are within the limits, fail when both are beyond one of them.

    Args:
        bounds: of the number.
        least: the lower limit.
        most: the upper limit.
        surer: wider bounds for a fail, where many numbers are held to limits at once.
    """
    wide = surer or bounds
    if wide.lower > most or wide.upper < least:
        return Verdict.FAIL
    return Verdict.PASS if least <= bounds.lower and bounds.upper <= most else Verdict.INCONCLUSIVE


def words(limit: LimitConfig) -> str:
    """Return a limit in words."""
    said = {
        "at least": limit.at_least,
        "at most": limit.at_most,
        "worse than the reference by at most": limit.max_change,
    }
    return " and ".join(f"{word} {value:g}" for word, value in said.items() if value is not None)
