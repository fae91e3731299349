"""What the blocks show: no worse, worse, or nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.monitoring.judgement.pairs import Block
from workbench.monitoring.judgement.sequence import bounds, shown

if TYPE_CHECKING:
    from workbench.project.monitoring import ChallengeConfig

PROMOTE, ROLLBACK, INCONCLUSIVE = "promote", "rollback", "inconclusive"


@dataclass(frozen=True)
class Outcome:
    """What outcomes say of a challenger.

    Attributes:
        verdict: promote, rollback or inconclusive.
        mean: by how much its loss is greater than the champion's, on average of the blocks; None: no block.
        lower, upper: the mean's bounds, each of which holds at all times together with the declared level.
        reason: in words.
    """

    verdict: str
    blocks: tuple[Block, ...]
    mean: float | None
    lower: float | None
    upper: float | None
    reason: str


def outcome_of(blocks: Sequence[Block], config: ChallengeConfig, *, metric: str, against: int) -> Outcome:
    """Return what the blocks show by now.

    No worse is that the mean lies below the margin, worse that it lies above; each is concluded wrongly in
    no more than the declared share of challenges, however often one looks. Where both were shown, one after
    the other, the challenger is taken for worse.
    """
    import numpy as np

    values = np.array([block.mean for block in blocks], dtype=np.float64)
    if not len(values):
        return Outcome(INCONCLUSIVE, (), None, None, None, "no block with known truth yet")
    settings = {"level": config.level, "least": config.min_blocks}
    better, worse = (
        bool(shown(values, config.margin, below=below, level=config.level, least=config.min_blocks)[-1])
        for below in (True, False)
    )
    lower, upper = bounds(values, **settings)  # type: ignore[arg-type]
    verdict = ROLLBACK if worse else PROMOTE if better else INCONCLUSIVE
    mean = float(values.mean())
    told = f"{metric} {mean:+.5f} against version {against}"
    if len(values) < config.min_blocks:
        rest = f"{len(values)} blocks are too few to conclude; at least {config.min_blocks} are needed"
    else:
        edges = (
            f"at least {lower:+.5f}" if lower is not None else "",
            f"at most {upper:+.5f}" if upper is not None else "",
        )
        sure = " and ".join(filter(None, edges)) or "nothing beyond doubt"
        rest = f"{1 - config.level:.0%} sure at any time: {sure}; {len(values)} blocks of {config.block}"
    return Outcome(verdict, tuple(blocks), mean, lower, upper, f"{told}, margin {config.margin:g}; {rest}")


def unmeasured(reason: str) -> Outcome:
    """Return that nothing can be concluded, and why."""
    return Outcome(INCONCLUSIVE, (), None, None, None, reason)
