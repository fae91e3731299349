"""The rows of every name that the reference or a window has, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.data.drift.columns import Names
    from workbench.data.drift.held import HeldNames


def counts_of(held: HeldNames, column: Names) -> tuple[list[Any], NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows of every name that either side has; names beyond those kept are one, None."""
    import numpy as np

    found = np.bincount(column.codes[column.codes >= 0], minlength=len(column.names))
    by_name = {name: int(rows) for name, rows in zip(column.names, found, strict=True) if rows}
    theirs = [by_name.pop(name, 0) for name in held.names]
    ours = held.counts.tolist()
    names: list[Any] = list(held.names)
    if held.others:
        names, ours, theirs = [*names, None], [*ours, held.others], [*theirs, sum(by_name.values())]
    else:
        names, ours = [*names, *by_name], [*ours, *[0] * len(by_name)]
        theirs += by_name.values()
    return names, np.array(ours, np.float64), np.array(theirs, np.float64)
