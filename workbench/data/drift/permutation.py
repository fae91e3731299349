"""Whether a window's blocks of time differ from the reference's by more than those among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 2000
"""Permutations, unless so many columns are asked about that the smallest p must be smaller."""
_AT_ONCE = 200  # draws, so that what is worked on stays in the processor's cache
_SAME = 1e-6  # differences nearer to each other than this are the same: so far single precision goes


class Question(NamedTuple):
    """A histogram to be asked about.

    Attributes:
        reference: rows by block and bin, shape (blocks, bins).
        window: rows by block and bin, shape (other blocks, bins).
        gaps: from each bin to the next, shape (bins,), the last one 0; None when bins have no order.
    """

    reference: NDArray[np.int64]
    window: NDArray[np.int64]
    gaps: NDArray[np.float64] | None = None


def smallest_p(reference: int, window: int, columns: int, rate: float) -> float:
    """Return the smallest p that so many blocks can give."""
    return max(1 / comb(reference + window, window), 1 / (_draws(columns, rate) + 1))


def permuted_p(questions: Sequence[Question], *, rate: float, seed: int = 0) -> list[float]:
    """Return for each histogram the share of permutations whose difference is at least that found.

    Blocks are drawn anew for the window, all blocks being alike under the hypothesis: what the rows of a
    block share is then in the draws as it is in the window. The difference is the Wasserstein distance
    between bins where they have an order, and else the triangular discrimination (p − q)² / (p + q).
    Blocks of the side that has more rows in each are thinned to the size of the other's before, because
    small blocks differ more by chance alone.

    Args:
        questions: of the same blocks; at least one.
        rate: of false discoveries among all of them, which decides how many draws are needed.
        seed: the draws are the same for the same seed.

    Returns:
        One p for each, between 1 / (draws + 1) and 1.
    """
    import numpy as np

    ours = np.concatenate([question.reference for question in questions], axis=1)
    theirs = np.concatenate([question.window for question in questions], axis=1)
    blocks = np.concatenate(_thinned(ours, theirs, seed)).astype(np.float32)
    sizes = [question.window.shape[1] for question in questions]
    starts = np.append(0, np.cumsum(sizes)[:-1])
    gaps = np.concatenate(
        [q.gaps if q.gaps is not None else np.zeros(n) for q, n in zip(questions, sizes, strict=True)]
    )
    ordered = np.array([question.gaps is not None for question in questions])
    drawn, total = _drawn(len(ours), len(theirs), _draws(len(questions), rate), seed), blocks.sum(axis=0)
    parts = (drawn[at : at + _AT_ONCE] @ blocks for at in range(0, drawn.shape[0], _AT_ONCE))
    found = np.concatenate([_differences(part, total, starts, gaps, ordered) for part in parts])
    as_large = (found[1:] >= found[0] * (1 - _SAME) - _SAME).sum(axis=0)
    return [float(p) for p in (as_large + 1) / len(found)]


def _draws(columns: int, rate: float) -> int:
    return max(DRAWS, round(columns / rate))


@lru_cache(maxsize=2)  # the windows of a reference have mostly as many blocks
def _drawn(reference: int, window: int, draws: int, seed: int) -> Any:
    """Return which blocks make up the window: first as it is, then as drawn, sparse (1 + draws, blocks)."""
    import numpy as np
    from scipy.sparse import csr_array

    number = reference + window
    order = np.random.default_rng(seed).random((draws, number)).argpartition(window - 1, axis=1)
    chosen = np.append(np.arange(reference, number), order[:, :window])
    begins = np.arange(draws + 2) * window
    return csr_array((np.ones(len(chosen), np.float32), chosen, begins), shape=(draws + 1, number))


def _thinned(
    ours: NDArray[np.int64], theirs: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both sides with blocks of about the same number of rows."""
    import numpy as np

    sizes = [max(each.sum() / len(each), 1e-12) for each in (ours, theirs)]
    keep = [min(1.0, min(sizes) / size) for size in sizes]
    random = np.random.default_rng(seed)
    thin = [
        each if share == 1 else random.binomial(each, share)
        for each, share in zip((ours, theirs), keep, strict=True)
    ]
    return thin[0], thin[1]


def _differences(
    window: NDArray[np.float32],
    total: NDArray[np.float32],
    starts: NDArray[np.int64],
    gaps: NDArray[np.float64],
    ordered: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Return how far each drawn window is from the rest, shape (windows, columns)."""
    import numpy as np

    sizes = np.diff(np.append(starts, len(total)))
    ours, theirs = (
        side / np.repeat(np.maximum(np.add.reduceat(side, starts, axis=1), 1), sizes, axis=1)
        for side in (total - window, window)
    )
    apart, both = theirs - ours, theirs + ours
    found = np.add.reduceat(apart**2 / np.where(both > 0, both, 1), starts, axis=1)
    if ordered.any():
        # Within a column the differences sum to 0, so the running sum begins anew with each.
        area = np.add.reduceat(np.abs(np.cumsum(apart, axis=1)) * gaps, starts, axis=1)
        found[:, ordered] = area[:, ordered]
    return found
