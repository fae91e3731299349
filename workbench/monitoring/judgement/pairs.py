"""Rows that champion and challenger both scored, and by how much their losses differ, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from workbench.registry.block import block_ids, block_length
from workbench.registry.gate import Unmeasurable
from workbench.registry.metric import row_losses

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.project.monitoring import ChallengeConfig

_MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001 - on the wall, as blocks are counted from
_MULTICLASS = "multiclass"


class Versions(NamedTuple):
    """Who is compared with whom."""

    champion: int
    challenger: int


@dataclass(frozen=True)
class Block:
    """A block of time whose truth is known.

    Attributes:
        begin: on the wall, in the project's zone.
        rows: labelled, scored by both.
        mean: the challenger's loss less the champion's, on average.
    """

    begin: datetime
    rows: int
    mean: float


def paired(rows: pl.DataFrame, versions: Versions) -> pl.DataFrame:
    """Return the rows that both versions scored, each once, in order of time.

    Args:
        rows: of `PredictionLog.window` or `labelled`, shadows among them.
        versions: the two.

    Returns:
        What the challenger's rows hold, with `score` as `ours` and the champion's as `theirs`; rows that one
        of the two gave no number for are left out.
    """
    import polars as pl

    scored = rows.filter(pl.col("score").list.len() > 0)
    each = {name: scored.filter(version=number) for name, number in versions._asdict().items()}
    ours = each["challenger"].unique("prediction_id", keep="first").rename({"score": "ours"})
    theirs = each["champion"].unique("prediction_id", keep="first").select("prediction_id", theirs="score")
    return ours.join(theirs, on="prediction_id", how="inner").sort("at", "prediction_id")


def scores(column: pl.Series, task: str) -> NDArray[np.float64]:
    """Return scores as the metrics take them: shape (rows,), of several classes (rows, classes).

    Raises:
        Unmeasurable: they have not all the same number of classes.
    """
    import numpy as np

    if task != _MULTICLASS:
        return column.list.last().to_numpy().astype(np.float64)
    widths = column.list.len().unique()
    if len(widths) != 1 or widths[0] < 2:
        raise Unmeasurable("the scores of the rows are not one probability for each class")
    return np.array(column.to_list(), dtype=np.float64)


def blocks_of(
    labelled: pl.DataFrame, config: ChallengeConfig, *, metric: str, task: str, now: datetime
) -> tuple[Block, ...]:
    """Return the blocks whose truth is known, in order; those with too few rows are left out.

    Args:
        labelled: paired rows with their labels.
        config: the length of blocks, where they begin, how late labels are.
        metric: one with a loss per row.
        task: the model's.
        now: project time.

    Raises:
        Unmeasurable: labels or scores are not what the metric takes.
    """
    import numpy as np
    import polars as pl

    known = labelled.filter(pl.col("label").is_not_null())
    if known.is_empty():
        return ()
    wall = known["at"].dt.convert_time_zone(config.timezone).dt.replace_time_zone(None)
    ids = block_ids(wall.to_numpy(), config.block)
    y = known["label"].to_numpy().astype(np.float64)
    ours = row_losses(metric, task, y, scores(known["ours"], task), "challenger")
    theirs = row_losses(metric, task, y, scores(known["theirs"], task), "champion")
    found, place, counts = np.unique(ids, return_inverse=True, return_counts=True)
    means = np.bincount(place, ours - theirs) / counts
    length = block_length(config.block)
    assert length is not None
    begins = [_MONDAY + int(number) * length for number in found]
    return tuple(
        Block(begin, int(rows), float(mean))
        for begin, rows, mean in zip(begins, counts, means, strict=True)
        if rows >= config.min_rows and _settled(begin + length, config) <= now
    )


def _settled(end: datetime, config: ChallengeConfig) -> datetime:
    """Return when the truth of a block that ends then on the wall is known."""
    return end.replace(tzinfo=ZoneInfo(config.timezone)).astimezone(UTC) + config.label_delay


def elapsed(since: datetime, now: datetime, config: ChallengeConfig) -> float:
    """Return how many blocks could have become known since a moment."""
    length = block_length(config.block)
    assert length is not None
    return max((now - config.label_delay - since) / length, 0.0)
