"""Blocks of time: rows of one block share what happened then, and count as one piece of evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.duration import parse_duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROW = "row"


def block_length(text: str) -> timedelta | None:
    """Return a block's length from text such as `1d`; None for `row`, every row a block of its own.

    Raises:
        ValueError: it is neither.
    """
    if text == ROW:
        return None
    length = parse_duration(text)
    if length <= timedelta():
        raise ValueError(f"a block must last longer than nothing, but got {text!r}")
    return length


def block_ids(times: NDArray[np.datetime64], text: str) -> NDArray[np.int64]:
    """Return each row's block; blocks of whole days begin at midnight, weeks on Monday.

    Args:
        times: local or UTC, shape (rows,), without missing values.
        text: the length of a block, such as `1d`; `row` for a block per row.
    """
    import numpy as np

    length = block_length(text)
    if length is None:
        return np.arange(len(times))
    monday = np.datetime64("1970-01-05", "us")
    ids: NDArray[np.int64] = (times.astype("datetime64[us]") - monday) // np.timedelta64(length, "us")
    return ids.astype(np.int64)
