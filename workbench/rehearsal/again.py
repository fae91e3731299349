"""A version's scores of many logged rows: at once where that gives the same, one by one where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.serving.replay.rescore import rescore
from workbench.serving.replay.slices import columns_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.project import Project
    from workbench.serving.model import ServedModel

    Floats = NDArray[np.float64]

_TRIED = 300  # rows that are scored both ways before the quick one is believed


def scores(served: ServedModel, project: Project, frame: pl.DataFrame) -> Floats:
    """Return a version's score of each logged row, NaN where it would have turned the row away.

    A service scores rows one by one, as callers send them, and refuses what does not fit; of a year of rows
    that takes minutes. A Booster gives the same numbers to a whole table, which is believed when some of
    the rows agree to the last bit.

    Args:
        served: the version.
        project: says what is sensitive, and so not in the log as it came, and what is refused.
        frame: of `PredictionLog.labelled`, at least one row.

    Raises:
        UsageError: the log holds nothing of a column that the version takes.
    """
    config = project.model(served.model)
    named = {column.name for column in served.columns}
    sensitive = [name for name in config.sensitive if name in named]
    tried = frame.gather_every(max(1, frame.height // _TRIED))
    careful = _one_by_one(served, tried, sensitive)
    if tried.height == frame.height:
        return careful
    lenient = config.serving.unknown_category != "refuse"
    if served.scorer.is_booster and lenient and not sensitive and _plain(served):
        quick = _at_once(served, frame)
        if (quick[:: max(1, frame.height // _TRIED)] == careful).all():
            return quick
    return _one_by_one(served, frame, sensitive)


def _one_by_one(served: ServedModel, frame: pl.DataFrame, sensitive: list[str]) -> Floats:
    import numpy as np

    return np.array([_number(answer) for answer in rescore(served, frame, sensitive).answers])


def _number(answer: Any) -> float:
    last = answer[-1] if isinstance(answer, list) else answer
    return float("nan") if last is None else float(last)


def _plain(served: ServedModel) -> bool:
    """Whether the log holds each of its columns as the model learnt it: numbers, and names that are texts."""
    return all(
        column.kind in ("number", "integer")
        or (column.kind == "category" and all(isinstance(each, str) for each in column.categories))
        for column in served.columns
    )


def _at_once(served: ServedModel, frame: pl.DataFrame) -> Floats:
    import polars as pl

    known = columns_of(frame)
    table = {}
    for column in served.columns:
        if column.name not in known:
            table[column.name] = pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
            continue
        values = frame["features"].struct.field(column.name)
        if column.type == "float":  # as a service narrows it
            values = values.cast(pl.Float32).cast(pl.Float64)
        table[column.name] = values
    return served.scorer.score(pl.DataFrame(table))
