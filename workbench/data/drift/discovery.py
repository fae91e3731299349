"""Many columns are asked about at once: how small a p must be to be believed."""

from __future__ import annotations

from collections.abc import Sequence


def adjusted(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that at most a share `r` of those up to `r` is false, as expected.

    Benjamini and Hochberg, Controlling the False Discovery Rate, 1995: the k-th smallest of m is multiplied
    by m / k, and none is larger than one that follows it.
    """
    order = sorted(range(len(ps)), key=ps.__getitem__, reverse=True)
    found, least = [1.0] * len(ps), 1.0
    for rank, place in zip(range(len(ps), 0, -1), order, strict=True):
        least = min(least, ps[place] * len(ps) / rank)
        found[place] = least
    return found
