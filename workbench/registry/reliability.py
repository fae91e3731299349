"""What was said against what happened: expected calibration error and slope, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.registry.gate import Scored, Unmeasurable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALLEST = 1e-6  # probabilities nearer to 0 or 1 count as this far from them, so that logits stay finite


def said_and_happened(scored: Scored) -> tuple[Floats, Floats]:
    """Return whether it happened and what was said; of several classes, about the likeliest."""
    import numpy as np

    if scored.task != "multiclass":
        return scored.y, scored.score
    likeliest = scored.score.argmax(axis=1)
    said = np.take_along_axis(scored.score, likeliest[:, None], axis=1)[:, 0]
    return (likeliest == scored.y).astype(np.float64), said


def ece_parts(
    y: Floats, said: Floats, blocks: NDArray[np.int64], bins: int
) -> tuple[Floats, Floats, list[dict[str, Any]]]:
    """Return what each row adds to the expected calibration error, twice, and a row for each bin.

    Whether a bin's rows count upwards or downwards is chosen by whether more or less happened there than
    was said, which makes chance look like error: the mean of the first numbers, the error itself, is
    rather too large. For the second, each bin's direction is chosen on every other block and used on the
    rest; their mean is rather too small. Bounds from above need the first, from below the second.
    """
    import numpy as np

    edges = np.unique(np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1]))
    bin_ = np.searchsorted(edges, said, side="right")
    gap = y - said
    half = np.unique(blocks, return_inverse=True)[1] % 2

    def direction(rows: NDArray[np.bool_]) -> Floats:
        signs: Floats = np.sign(np.bincount(bin_[rows], gap[rows], len(edges) + 1))
        return signs

    both = direction(np.ones(len(y), dtype=bool))[bin_]
    other = np.where(half == 0, direction(half == 1)[bin_], direction(half == 0)[bin_])
    counts = np.maximum(np.bincount(bin_, minlength=len(edges) + 1), 1)
    means = [np.bincount(bin_, values, len(edges) + 1) / counts for values in (said, y)]
    table = [
        {"bin": place + 1, "rows": int(count), "said": float(one), "happened": float(other_)}
        for place, (count, one, other_) in enumerate(zip(counts, *means, strict=True))
    ]
    return both * gap, other * gap, table


def slope_parts(y: Floats, said: Floats, task: str) -> Floats:
    """Return one number per row whose mean is the calibration slope.

    Raises:
        Unmeasurable: all rows are told the same, only one class occurs, or the classes are parted wholly.
    """
    import numpy as np

    given = said if task == "regression" else _logits(said)
    if float(np.ptp(given)) == 0:
        raise Unmeasurable("every row has the same score, so there is no slope")
    design = np.stack([np.ones(len(y)), given - given.mean()], axis=1)
    if task == "regression":
        weights = np.ones(len(y))
        found = np.linalg.solve(design.T @ design, design.T @ y)
        expected = design @ found
    else:
        found, expected = _logistic(design, y)
        weights = expected * (1 - expected)
    inverse = np.linalg.inv((design * weights[:, None]).T @ design / len(y))
    parts: Floats = found[1] + ((y - expected)[:, None] * design) @ inverse[1]
    return parts


def _logits(said: Floats) -> Floats:
    import numpy as np

    kept = np.clip(said, _SMALLEST, 1 - _SMALLEST)
    logits: Floats = np.log(kept / (1 - kept))
    return logits


def _logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the coefficients of a logistic regression and the probabilities, by Newton's method."""
    import numpy as np

    if float(np.ptp(y)) == 0:
        raise Unmeasurable("a slope needs both classes, but only one happened")
    found = np.array([0.0, 0.0])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-np.clip(design @ found, -500, 500)))
        weights = np.maximum(expected * (1 - expected), 1e-12)
        step = np.linalg.solve((design * weights[:, None]).T @ design, design.T @ (y - expected))
        found = found + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-9:
            return found, 1 / (1 + np.exp(-design @ found))
    raise Unmeasurable("the scores part the classes so well that there is no finite slope")
