"""The uncertainty of a mean whose rows are not independent: whole blocks are drawn, not rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sample = tuple[NDArray[np.float64], NDArray[np.int64]]  # values and the block of each

_MANY = 1000  # blocks beyond which the central limit theorem says the same, without the draws


class _Ratio(NamedTuple):
    """A mean as the ratio of sums over blocks: its sign in the whole, and for each block what it sums to."""

    sign: float
    centred: NDArray[np.float64]
    counts: NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """A mean with its one-sided bounds, each of which holds with the given confidence."""

    mean: float
    lower: float
    upper: float
    blocks: int

    def widened(self, claims: int, confidence: float) -> Bounds:
        """Return bounds that hold for so many claims at once, as these do for one.

        Each claim of several has to be surer (Bonferroni); how much wider that makes a bound is taken from
        the normal distribution, since the bootstrap's own far tail would take draws without end.
        """
        normal = NormalDist()
        wider = normal.inv_cdf(1 - (1 - confidence) / claims) / normal.inv_cdf(confidence)
        lower = self.mean - wider * (self.mean - self.lower)
        upper = self.mean + wider * (self.upper - self.mean)
        return Bounds(self.mean, lower, upper, self.blocks)


def block_bounds(
    values: NDArray[np.float64],
    blocks: NDArray[np.int64],
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Bounds:
    """Return the mean of `values` with bounds from a studentised bootstrap over blocks.

    Blocks (days) are drawn with replacement, and rows come and go with their block, so what the rows
    of a day share is not counted as evidence anew with each row. The bootstrap is studentised with the
    linearised variance of a ratio (Davison and Hinkley, Bootstrap Methods, 1997, sections 2.4 and 5.2),
    because plain percentiles of few blocks claim more than they know.

    Args:
        values: one number per row, shape (rows,).
        blocks: the block of each row, any integers, shape (rows,).
        confidence: of each bound by itself.
        resamples: how many times the blocks are drawn.
        seed: the draws are the same for the same seed.

    Returns:
        The bounds; with fewer than two blocks they are infinite.
    """
    return _bounds([(values, blocks)], confidence, resamples, seed)


def difference_bounds(
    ours: Sample,
    theirs: Sample,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Bounds:
    """Return the mean of some rows less that of others, with bounds, as `block_bounds`.

    Args:
        ours: values and blocks of some rows.
        theirs: values and blocks of others; a block may hold rows of both, or of one alone.
        confidence: of each bound by itself.
        resamples: how many times the blocks are drawn.
        seed: the draws are the same for the same seed.
    """
    return _bounds([ours, theirs], confidence, resamples, seed)


def _bounds(samples: Sequence[Sample], confidence: float, resamples: int, seed: int) -> Bounds:
    """Return the first sample's mean less those of the others."""
    import numpy as np

    _, group = np.unique(np.concatenate([blocks for _, blocks in samples]), return_inverse=True)
    places = np.split(group, np.cumsum([len(values) for values, _ in samples])[:-1])
    number = int(group.max()) + 1
    signs = [1.0, *[-1.0] * (len(samples) - 1)]
    ratios, mean = [], 0.0
    for sign, place, (values, _) in zip(signs, places, samples, strict=True):
        counts = np.bincount(place, minlength=number).astype(np.float64)
        sums = np.bincount(place, values, number)
        own = float(sums.sum() / counts.sum())
        mean += sign * own
        ratios.append(
            _Ratio(sign, sums - own * counts, counts)
        )  # centred, so that large means cost no digits
    if number < 2:
        return Bounds(mean, -np.inf, np.inf, number)
    width = float(_shifts(np.ones((1, number)), ratios)[1][0])
    if number > _MANY:
        high = NormalDist().inv_cdf(confidence)
        low = -high
    else:
        low, high = _studentised(*_shifts(_drawn(number, resamples, seed), ratios), confidence, number)
    if width == 0:
        return Bounds(mean, mean, mean, number)
    return Bounds(mean, mean - high * width, mean - low * width, number)


@lru_cache(maxsize=4)  # a gate asks for many bounds of the same blocks, and the draws are most of the work
def _drawn(number: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """Return how often each block is drawn in each resample, shape (resamples, number); not to be changed."""
    import numpy as np

    random = np.random.default_rng(seed)
    drawn = random.multinomial(number, np.full(number, 1 / number), resamples).astype(np.float64)
    drawn.flags.writeable = False
    return drawn


def _studentised(
    shifts: NDArray[np.float64], errors: NDArray[np.float64], confidence: float, number: int
) -> tuple[float, float]:
    """Return the quantiles, lower and upper, of the resamples' shifts in units of their own errors.

    They follow the skewness of the blocks; of few blocks they follow it too far, so neither is taken nearer
    than Student's for that number.
    """
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(errors > 0, shifts / errors, np.where(shifts == 0, 0, np.copysign(np.inf, shifts)))
    low, high = np.quantile(t, [1 - confidence, confidence], method="inverted_cdf")
    least = _student(confidence, number - 1)
    return min(float(low), -least), max(float(high), least)


@lru_cache(maxsize=64)  # SciPy takes a millisecond for one
def _student(confidence: float, freedom: int) -> float:
    from scipy import stats

    return float(stats.t.ppf(confidence, freedom))


def _shifts(
    weights: NDArray[np.float64], ratios: Sequence[_Ratio]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each resample's value (less the whole's) and its standard error, shape (resamples,)."""
    import numpy as np

    number = weights.shape[1]
    total = np.zeros(len(weights))
    residuals = np.zeros(weights.shape)
    for sign, centred, counts in ratios:
        rows = np.maximum(weights @ counts, 1)
        shift = (weights @ centred) / rows
        total += sign * shift
        residuals += sign * (centred - shift[:, None] * counts) / rows[:, None]
    variance = (weights * residuals**2).sum(axis=1) * (number / (number - 1))
    return total, np.sqrt(variance)
