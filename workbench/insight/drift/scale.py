"""How far a score is from its limit, whichever way the limit goes."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHANCES = ("ks", "chisquare")
"""Methods whose score is a probability: less is farther."""

_LEAST = 1e-12  # a probability is hardly ever nothing
_METHODS = {
    "wasserstein": "Wasserstein distance",
    "jensenshannon": "Jensen–Shannon distance",
    "psi": "population stability index",
    "ks": "Kolmogorov–Smirnov test",
    "chisquare": "chi-square test",
}
_MEANINGS = {
    "wasserstein": "how far values have moved on average, in standard deviations of the reference",
    "jensenshannon": "how little both have in common, from 0 (alike) to 1 (nothing)",
    "psi": "how differently rows fall into the bins of both, from 0 (alike) upwards",
    "ks": "how likely samples of one population are as far apart",
    "chisquare": "how likely samples of one population are as far apart",
}


def excess(value: float | None, limit: float | None, method: str) -> float | None:
    """Return a score as a multiple of its limit, above 1 beyond it; None where there is none of both.

    Of probabilities it is the limit as a multiple of the score, so that more is always farther.
    """
    if value is None or not limit or not isfinite(value):
        return None
    return limit / max(value, _LEAST) if method in CHANCES else value / limit


def excesses(value: Floats, limit: Floats, chances: NDArray[np.bool_]) -> Floats:
    """Return the same for arrays of one shape; NaN where there is none."""
    import numpy as np

    with np.errstate(all="ignore"):
        found: Floats = np.where(chances, limit / np.maximum(value, _LEAST), value / limit)
    return np.where(np.isfinite(found), found, np.nan)


def method_name(method: str) -> str:
    """Return a method's name as people write it."""
    return _METHODS.get(method, method.replace("_", " "))


def method_meaning(method: str) -> str:
    """Return what a method measures, in words; empty when that is not known."""
    return _MEANINGS.get(method, "")


def limit_words(limit: float | None, method: str) -> str:
    """Return from where on a score is beyond its limit; empty where there is no limit."""
    if limit is None:
        return ""
    return f"{limit:g} or less" if method in CHANCES else f"{limit:g} or more"
