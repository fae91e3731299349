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
    better, worse = (
        bool(shown(values, config.margin, below=below, level=config.level, least=config.min_blocks)[-1])
        for below in (True, False)
    )
    lower, upper = bounds(values.tolist(), level=config.level, least=config.min_blocks)
    verdict = ROLLBACK if worse else PROMOTE if better else INCONCLUSIVE
    mean = float(values.mean())
    told = f"{metric} {mean:+.5f} against version {against}, margin {config.margin:g}; "
    if len(values) < config.min_blocks:
        told += f"{len(values)} blocks are too few to conclude; at least {config.min_blocks} are needed"
    else:
        told += f"{_sure(lower, upper, config.level)}; {len(values)} blocks of {config.block}"
    return Outcome(verdict, tuple(blocks), mean, lower, upper, told)


def _sure(lower: float | None, upper: float | None, level: float) -> str:
    edges = (("at least", lower), ("at most", upper))
    known = " and ".join(f"{word} {edge:+.5f}" for word, edge in edges if edge is not None)
    return f"{1 - level:.0%} sure at any time: {known or 'nothing yet'}"


def unmeasured(reason: str) -> Outcome:
    """Return that nothing can be concluded, and why."""
    return Outcome(INCONCLUSIVE, (), None, None, None, reason)
