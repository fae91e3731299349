"""How far two columns are apart, each measure as Evidently 0.7 computes it, from distinct values alone.

A reference is sorted once, when it is stored; then a window costs its own sorting and one merge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.drift.spread import Spread, Steps, steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.float64]

PSI, JENSENSHANNON, WASSERSTEIN, KS, CHISQUARE = "psi", "jensenshannon", "wasserstein", "ks", "chisquare"
LIMITS = {PSI: 0.1, JENSENSHANNON: 0.1, WASSERSTEIN: 0.1, KS: 0.05, CHISQUARE: 0.05}
"""From which value on columns count as apart; for `ks` and `chisquare`, whose value is a p, up to which."""
UNITS = {
    PSI: "population stability index",
    JENSENSHANNON: "Jensen–Shannon distance",
    WASSERSTEIN: "Wasserstein distance in standard deviations",
    KS: "p of the Kolmogorov–Smirnov test",
    CHISQUARE: "p of the chi-square test",
}
_FEW = 20  # distinct numbers of the reference up to which each has a bin of its own
_EXACT = 10_000  # rows up to which SciPy works the p of a Kolmogorov-Smirnov test out exactly


def is_beyond(method: str, value: float, limit: float) -> bool:
    """Return whether a value says that the columns are apart."""
    if method == CHISQUARE:
        return value < limit
    return value <= limit if method == KS else value >= limit


def numbers_apart(method: str, reference: Spread, window: Spread, side_by_side: Steps | None = None) -> float:
    """Return how far two numeric columns are apart.

    Args:
        method: psi, jensenshannon, wasserstein or ks.
        reference: its values, at least one.
        window: likewise.
        side_by_side: of the two, where they are known already.
    """
    if method in (PSI, JENSENSHANNON):
        return counts_apart(method, *common_bins(reference, window))
    apart = side_by_side or steps(reference, window)
    if method == WASSERSTEIN:
        return apart.area / max(reference.deviation, 0.001)
    if max(reference.rows, window.rows) <= _EXACT:
        return _exact_ks(reference, window)
    return ks_p(apart.height, reference.rows, window.rows)


def counts_apart(method: str, reference: Counts, window: Counts) -> float:
    """Return how far two columns of names are apart.

    Args:
        method: psi, jensenshannon or chisquare.
        reference: rows of each name or bin, shape (names,); none may be of a name that neither has.
        window: likewise, in the same order.
    """
    import numpy as np

    ours, theirs = reference / reference.sum(), window / window.sum()
    if method == CHISQUARE:
        return _chisquare_p(ours * window.sum(), window)
    if method == PSI:
        ours, theirs = _filled(ours), _filled(theirs)
        return float(np.sum((ours - theirs) * np.log(ours / theirs)))
    from scipy.special import rel_entr

    middle = (ours + theirs) / 2
    return float(np.sqrt((rel_entr(ours, middle).sum() + rel_entr(theirs, middle).sum()) / 2))


def common_bins(reference: Spread, window: Spread) -> tuple[Counts, Counts]:
    """Return the rows of both in bins made from both: by Sturges, or by value where those are few."""
    import numpy as np

    if len(reference.values) <= _FEW:
        values = np.union1d(reference.values, window.values)
        found = []
        for each in (reference, window):
            counts = np.zeros(len(values))
            counts[np.searchsorted(values, each.values)] = each.counts
            found.append(counts)
        return found[0], found[1]
    edges = sturges_edges(reference, window)
    return reference.within(edges), window.within(edges)


def sturges_edges(reference: Spread, window: Spread) -> NDArray[np.float64]:
    """Return the edges that `numpy.histogram_bin_edges` has for all rows of both, without the rows."""
    import numpy as np

    kind = np.result_type(reference.dtype, window.dtype)
    ends = [min(reference.values[0], window.values[0]), max(reference.values[-1], window.values[-1])]
    first, last = np.array(ends).astype(kind)
    width = (last - first) / (np.log2(reference.rows + window.rows) + 1.0)
    if np.issubdtype(kind, np.integer):
        width = max(width, 1)
    number = int(np.ceil((last - first) / width))
    edges = np.histogram_bin_edges(np.array([first, last]), bins=number)
    return edges.astype(np.float64)


def ks_p(height: float, ours: int, theirs: int) -> float:
    """Return the p of the Kolmogorov–Smirnov test of two samples as SciPy does for many rows."""
    from scipy.stats import kstwo

    return float(kstwo.sf(height, round(ours * theirs / (ours + theirs))))


def rough_ks_p(height: float, ours: int, theirs: int) -> float:
    """Return the same by Kolmogorov's limit, which is a little too large, without importing `scipy.stats`."""
    from math import sqrt

    from scipy.special import kolmogorov

    return float(kolmogorov(height * sqrt(ours * theirs / (ours + theirs))))


def homogeneity_p(reference: Counts, window: Counts) -> float:
    """Return the p of Pearson's test that two columns of names are spread alike, both being samples."""
    import numpy as np
    from scipy.special import chdtrc

    if len(reference) < 2:
        return 1.0
    table = np.stack([reference, window])
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(chdtrc(len(reference) - 1, ((table - expected) ** 2 / expected).sum()))


def _exact_ks(reference: Spread, window: Spread) -> float:
    import warnings

    import numpy as np
    from scipy.stats import ks_2samp

    samples = [np.repeat(each.values, each.counts.astype(np.int64)) for each in (reference, window)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the exact way fails, SciPy takes the asymptotic one
        return float(ks_2samp(*samples).pvalue)


def _chisquare_p(expected: Counts, found: Counts) -> float:
    """Return the p of Pearson's test, the reference's shares taken as if they were known."""
    import numpy as np
    from scipy.special import chdtrc

    if len(expected) < 2:
        return 1.0
    if (expected == 0).any():  # a name that the reference does not have
        return 0.0
    return float(chdtrc(len(expected) - 1, np.sum((found - expected) ** 2 / expected)))


def _filled(shares: Counts) -> Counts:
    """Return shares without zeros, of which there is no logarithm."""
    import numpy as np

    least = shares[shares > 0].min()
    return np.where(shares == 0, least / 10**6 if least <= 0.0001 else 0.0001, shares)
