"""When rows happened, and the block of time that each of them lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.block import ROW, block_ids, block_length
from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOMENT = "Give one moment per row, such as the scheduled departure."


def placed(times: Any, rows: int, block: str, what: str) -> tuple[NDArray[np.int64] | None, int]:
    """Return each row's block, counted from 0 over those that hold rows, and how many they are.

    Args:
        times: of each row; None when they are not known.
        rows: how many there must be.
        block: the length of a block.
        what: the argument's name, for messages.

    Returns:
        The blocks, -1 where the time is missing; None when every row counts by itself.

    Raises:
        UsageError: these are no times, they are not as many as rows, or a block has no such length.
    """
    import numpy as np

    try:
        block_length(block)
    except ValueError as error:
        raise UsageError(
            f"wb.reference got a block that is none: {error}.", hint="Write block='1d'."
        ) from error
    if times is None:
        return None, 0
    wall = moments(times, what)
    if len(wall) != rows:
        raise UsageError(
            f"{what} has {len(wall):,} values, but there are {rows:,} rows.", hint="Give one moment per row."
        )
    if block == ROW:
        return None, 0
    known = ~np.isnat(wall)
    blocks = np.full(rows, -1, np.int64)
    found, places = np.unique(block_ids(wall[known], block), return_inverse=True)
    blocks[known] = places
    return blocks, len(found)


def moments(values: Any, what: str) -> NDArray[np.datetime64]:
    """Return times as they read on the wall, without their zone; missing ones become NaT.

    Raises:
        UsageError: they are not times.
    """
    import pandas as pd

    if hasattr(values, "to_pandas"):
        values = values.to_pandas()
    column = pd.Series(values)
    if pd.api.types.is_numeric_dtype(column):
        raise UsageError(f"{what} must be dates or times, but got {column.dtype}.", hint=_MOMENT)
    try:
        column = column if column.dtype.kind == "M" else pd.to_datetime(column)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} must be dates or times: {error}.", hint=_MOMENT) from error
    wall: NDArray[np.datetime64] = column.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return wall
