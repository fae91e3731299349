"""Columns from whatever library a notebook uses, as NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from workbench.errors import UsageError
from workbench.registry.gate import Scored

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_PROBABILITIES = "Give 0 and 1 for two classes, the class's index for more, and probabilities as scores."
_MOMENT = "Give one moment per row, such as the scheduled departure."


class Given(NamedTuple):
    """What a notebook gives to be checked: columns of pandas, Polars or Arrow, arrays or lists; a table."""

    y: Any
    score: Any
    champion_score: Any = None
    times: Any = None
    frame: Any = None


def aligned(given: Given, *, task: str, champion: int | None) -> Scored:
    """Return the columns as arrays of the same rows.

    Args:
        given: the columns.
        task: binary, multiclass or regression.
        champion: number of the version that is compared with, None when there is none.

    Raises:
        UsageError: a column is of the wrong type or shape, or they differ in length.
    """
    y = numbers(given.y, "y")
    score = _shaped(numbers(given.score, "score"), "score", task)
    theirs, times = None, None
    if given.champion_score is not None:
        theirs = _shaped(numbers(given.champion_score, "champion_score"), "champion_score", task)
    if given.times is not None:
        times = moments(given.times)
    frame = None if given.frame is None else table(given.frame)
    columns = {"y": y, "score": score, "champion_score": theirs, "times": times, "frame": frame}
    lengths = {what: len(column) for what, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{what} has {length:,}" for what, length in lengths.items())
        raise UsageError(
            f"wb.check needs the same rows in every column, but {told}.", hint="Score the rows of y."
        )
    return Scored(task, y, score, theirs, times, champion, frame)


def table(values: Any) -> pd.DataFrame:
    """Return a table of any library as one of pandas whose rows are counted from 0.

    Raises:
        UsageError: it is no table, or two columns have one name.
    """
    import pandas as pd

    if not isinstance(values, pd.DataFrame):
        from workbench.data import from_arrow, to_arrow

        values = from_arrow(to_arrow(values), "pandas")
    twice = values.columns[values.columns.duplicated()]
    if len(twice):
        raise UsageError(
            f"The frame given to wb.check has {len(twice)} columns twice, such as {twice[0]!r}.",
            hint="Give each column a name of its own.",
        )
    return cast("pd.DataFrame", values.reset_index(drop=True))


def numbers(values: Any, what: str) -> NDArray[np.float64]:
    """Return values as floats; missing ones become NaN.

    Args:
        values: a column, an array or a list; for several classes a table.
        what: its name, for the message.

    Raises:
        UsageError: they are not numbers.
    """
    import numpy as np

    try:
        if _library(values) == "pandas":
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if hasattr(values, "to_numpy"):
            values = values.to_numpy()
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"wb.check needs numbers for {what}, but got {type(values).__name__}: {error}.",
            hint=_PROBABILITIES,
        ) from error


def moments(values: Any) -> NDArray[np.datetime64]:
    """Return times as they read on the wall, without their zone; missing ones become NaT.

    Raises:
        UsageError: they are not times.
    """
    import pandas as pd

    if _library(values) in ("polars", "pyarrow"):
        values = values.to_pandas()
    column = pd.Series(values)
    if pd.api.types.is_numeric_dtype(column):
        raise UsageError(f"wb.check needs dates or times for times, but got {column.dtype}.", hint=_MOMENT)
    try:
        column = pd.to_datetime(column)
    except (TypeError, ValueError) as error:
        raise UsageError(f"wb.check needs dates or times for times: {error}.", hint=_MOMENT) from error
    wall: NDArray[np.datetime64] = column.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return wall


def _shaped(column: NDArray[np.float64], what: str, task: str) -> NDArray[np.float64]:
    expected = 2 if task == "multiclass" else 1
    if column.ndim == expected:
        return column
    shape = "a table with a column per class" if expected == 2 else "one number per row"
    raise UsageError(
        f"wb.check needs {shape} as {what} of a {task} model, but got the shape {column.shape}.",
        hint=_PROBABILITIES if expected == 2 else "Of two classes give the probability of 1: score[:, 1].",
    )


def _library(values: Any) -> str:
    return type(values).__module__.partition(".")[0]
