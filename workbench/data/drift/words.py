"""What is seen in a column, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.data.drift.spread import Spread


def means(ours: Spread, theirs: Spread) -> str:
    """Return the mean of a window beside the reference's."""
    if len(ours.values) == len(theirs.values) == 1 and ours.values[0] == theirs.values[0]:
        return f"always {ours.values[0]:.6g}"
    return f"mean {theirs.mean:.4g}, {ours.mean:.4g} in the reference"


def shares(
    names: Sequence[Any], ours: NDArray[np.float64], theirs: NDArray[np.float64], unseen: float | None
) -> str:
    """Return the name whose share has changed most, and what share is under names never seen."""
    import numpy as np

    before, now = ours / ours.sum(), theirs / theirs.sum()
    most = int(np.abs(now - before).argmax())
    if len(names) == 1:
        return f"always {names[0]!r}"
    named = "all other names" if names[most] is None else repr(names[most])
    said = f"{named} {now[most]:.1%}, {before[most]:.1%} in the reference"
    return f"{said}; {unseen:.1%} under names that it does not have" if unseen else said
