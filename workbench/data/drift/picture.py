"""Two columns as small histograms side by side, as somebody would draw them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.data.drift.spread import Spread

_BARS = 20
_NAMES = 12
_TAIL = 0.005  # of the rows at either end that lie in the outermost bars, however far out
_DIGITS = 4


def numbers_side_by_side(reference: Spread, window: Spread) -> dict[str, Any]:
    """Return the shares of both between common edges; what lies farther out is in the outermost bars.

    Nothing is returned for numbers so large that nobody could draw them.
    """
    import numpy as np

    ends = np.array([_ends(each) for each in (reference, window)])
    low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
    if not isfinite(high - low) or not all(isfinite(each.mean) for each in (reference, window)):
        return {}
    edges = np.linspace(low, high if high > low else low + 1, _BARS + 1)
    shares = []
    for each in (reference, window):
        below = each.before[np.searchsorted(each.values, edges[1:-1])]
        shares.append(_rounded(np.diff(np.concatenate([[0], below, [each.rows]])) / each.rows))
    means = [float(f"{each.mean:.6g}") for each in (reference, window)]
    return {
        "kind": "numbers",
        "edges": [float(f"{edge:.6g}") for edge in edges],
        "reference": shares[0],
        "window": shares[1],
        "means": means,
    }


def names_side_by_side(
    names: Sequence[str], reference: NDArray[np.float64], window: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the shares of the names that matter most in either; the rest together, as `null`."""
    import numpy as np

    ours, theirs = reference / reference.sum(), window / window.sum()
    order = np.argsort(-np.maximum(ours, theirs), kind="stable")
    shown, rest = order[:_NAMES], order[_NAMES:]
    found: dict[str, Any] = {"kind": "names", "names": [names[place] for place in shown]}
    found |= {"reference": _rounded(ours[shown]), "window": _rounded(theirs[shown])}
    if len(rest):
        found["names"].append(None)
        found["reference"] += _rounded(ours[rest].sum(keepdims=True))
        found["window"] += _rounded(theirs[rest].sum(keepdims=True))
    return found


def _ends(spread: Spread) -> tuple[float, float]:
    import numpy as np

    places = np.searchsorted(spread.before[1:], np.array([_TAIL, 1 - _TAIL]) * spread.rows)
    low, high = spread.values[np.minimum(places, len(spread.values) - 1)]
    return float(low), float(high)


def _rounded(shares: NDArray[np.float64]) -> list[float]:
    return [round(float(share), _DIGITS) for share in shares]
