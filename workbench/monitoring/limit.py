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
    """Return a limit as a sentence without its subject."""
    said = []
    if limit.at_least is not None:
        said.append(f"must be at least {limit.at_least:g}")
    if limit.at_most is not None:
        said.append(f"must be at most {limit.at_most:g}")
    if limit.max_change is not None:
        said.append(f"must not be worse than the reference by more than {limit.max_change:g}")
    return " and ".join(said)


def in_doubt(verdict: Verdict, limit: str) -> str:
    """Return the words of a limit, and whether it holds beyond doubt."""
    if verdict is Verdict.INCONCLUSIVE:
        return f"{limit}; its bounds neither show that nor rule it out"
    return f"{limit}, and both bounds are beyond that" if verdict is Verdict.FAIL else limit
