"""Rows by the value of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.registry.gate import Scored, Unmeasurable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MISSING = "(missing)"
OTHERS = "(others)"
_MOST = 1000


class Group(NamedTuple):
    """The rows that share a value of a column."""

    column: str
    value: str
    rows: NDArray[np.int64]

    @property
    def label(self) -> str:
        """The group in words."""
        return f"{self.column}={self.value}"


def groups(scored: Scored, column: str) -> list[Group]:
    """Return the rows of each value of a column, by value; rows without one are a group of their own.

    Raises:
        Unmeasurable: no frame was given, there are no rows, or there are too many values to be groups.
    """
    import numpy as np
    import pandas as pd

    if scored.frame is None:
        raise Unmeasurable(f"no frame was given, so rows cannot be grouped by {column}")
    if scored.rows == 0:
        raise Unmeasurable(f"there are no rows to group by {column}")
    codes, values = pd.factorize(scored.frame[column].astype(object), sort=False)
    if len(values) > _MOST:
        raise Unmeasurable(f"{column} has {len(values):,} values, too many to be groups; put them into bins")
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes + 1, minlength=len(values) + 1))[:-1]
    names = [MISSING, *(str(value) for value in values)]
    found = [Group(column, name, rows) for name, rows in zip(names, np.split(order, ends), strict=True)]
    return sorted((group for group in found if len(group.rows)), key=lambda group: group.value)


def sized(found: list[Group], min_rows: int) -> tuple[list[Group], list[Group]]:
    """Return the groups that are large enough to be judged, and those that are not."""
    large = [group for group in found if len(group.rows) >= min_rows]
    return large, [group for group in found if len(group.rows) < min_rows]
