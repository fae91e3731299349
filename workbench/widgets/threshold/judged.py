"""Truth, score and groups as people give them, made ready once: sorted, and split by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.widgets.threshold.points import Point, Rows, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_GROUPS = 50
"""Values of a column up to which they are groups."""

RATES = ("selection_rate", "recall", "false_positive_rate")
"""What groups are compared by: properties of `Point`."""

_MISSING = "(missing)"


@dataclass(frozen=True)
class Apart:
    """How far apart groups are at a threshold: the greatest less the least, as Fairlearn's difference.

    Attributes:
        rate: one of `RATES`.
        value: None where fewer than two groups have the rate.
        least, greatest: the names of those two groups.
    """

    rate: str
    value: float | None
    least: str = ""
    greatest: str = ""


@dataclass(frozen=True)
class Judged:
    """Rows whose truth is known.

    Attributes:
        whole: all of them.
        groups: the rows of each group, by column.
        left_out: rows whose truth or score is missing.
        about: what they are, in words; empty for columns of a notebook.
    """

    whole: Rows
    groups: Mapping[str, tuple[Rows, ...]] = field(default_factory=dict)
    left_out: int = 0
    about: str = ""

    def by_group(self, column: str, threshold: float) -> dict[str, Point]:
        """Return each group's operating point."""
        return {rows.name: rows.at(threshold) for rows in self.groups[column]}


def apart(points: Mapping[str, Point], rate: str) -> Apart:
    """Return how far apart groups are in a rate; groups that have none are left out."""
    found = {name: getattr(point, rate) for name, point in points.items()}
    known = {name: value for name, value in found.items() if value is not None}
    if len(known) < 2:
        return Apart(rate, None)
    least, greatest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return Apart(rate, known[greatest] - known[least], least, greatest)


def read_judged(truth: Any, score: Any, groups: Any = None, *, about: str = "") -> Judged:
    """Return columns of any library as rows by which thresholds are judged.

    Args:
        truth: 0 or 1, or False and True, shape (rows,).
        score: any numbers of which more means surer, shape (rows,).
        groups: a column, or a table of columns, of the same rows.
        about: what they are, in words.

    Raises:
        UsageError: they are no such columns, are of different lengths, or nothing is left of them.
    """
    import numpy as np

    y, s = _floats(truth, "truth"), _floats(score, "score")
    columns = _columns(groups)
    lengths = {"truth": len(y), "score": len(s)} | {f"groups {n}": len(c) for n, c in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{what} has {length:,}" for what, length in lengths.items())
        raise UsageError(f"Threshold needs the same rows in every column, but {told}.", hint="Give the same.")
    known = np.isfinite(y) & np.isfinite(s)
    whole = bool(known.all())
    kept_y, kept_s = (y, s) if whole else (y[known], s[known])
    positive = kept_y == 1
    strange = len(kept_y) - int(positive.sum()) - int((kept_y == 0).sum())
    if strange or not len(kept_y):
        raise UsageError(
            f"Threshold needs a truth of 0 and 1, but {strange:,} of {len(kept_y):,} rows have another."
            if strange
            else "Threshold needs rows with a truth and a score, but there are none.",
            hint="Several classes have no one threshold: choose a class, truth == CLASS, and its score.",
        )
    split = {
        name: _split(name, column if whole else column[known], positive, kept_s)
        for name, column in columns.items()
    }
    return Judged(rows_of(positive, kept_s), split, len(y) - len(kept_y), about)


def _split(
    column: str, values: Any, positive: NDArray[np.bool_], score: NDArray[np.float64]
) -> tuple[Rows, ...]:
    import numpy as np
    import pandas as pd

    codes, names = pd.factorize(values, sort=False)
    if len(names) > MOST_GROUPS:
        raise UsageError(
            f"groups {column} has {len(names):,} values, but at most {MOST_GROUPS} can be compared.",
            hint="Put them into bins, or keep the frequent ones and name the rest others.",
        )
    found = []
    for code in range(-1, len(names)):
        mine = codes == code
        if mine.any():
            name = _MISSING if code < 0 else str(names[code])
            truth = positive[mine]
            found.append(rows_of(np.asarray(truth), score[mine], name))
    return tuple(sorted(found, key=lambda rows: rows.name))


def _columns(groups: Any) -> dict[str, Any]:
    """Return columns of groups by name; a column without a name is called group."""
    if groups is None:
        return {}
    import pandas as pd

    if isinstance(groups, Mapping):
        return {str(name): pd.Series(_values(column)).array for name, column in groups.items()}
    found = groups.to_pandas() if hasattr(groups, "to_pandas") else groups
    if isinstance(found, pd.DataFrame):
        return {str(name): found[name].array for name in found.columns}
    column = found if isinstance(found, pd.Series) else pd.Series(_values(found))
    return {str(column.name) if column.name is not None else "group": column.array}


def _values(column: Any) -> Any:
    column = column.to_pandas() if hasattr(column, "to_pandas") else column
    return column.to_numpy() if hasattr(column, "to_numpy") else column


def _floats(values: Any, what: str) -> NDArray[np.float64]:
    from workbench.data.drift.outcomes import as_floats

    found = as_floats(values, what)
    if found.ndim != 1:
        raise UsageError(
            f"Threshold needs one number for each row as {what}, but got the shape {found.shape}.",
            hint="Of two classes give the probability of 1: score[:, 1].",
        )
    return found
