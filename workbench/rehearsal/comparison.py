"""What answered against the first version alone, on the same predictions, whichever way it falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.errors import UsageError
from workbench.registry.block import block_ids
from workbench.registry.bootstrap import block_bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.influence import parts
from workbench.registry.metric import METRICS, measure

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.project import ModelConfig, Project
    from workbench.registry.version import Version

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
_SHOWN = {"binary": ("auc", "log_loss"), "regression": ("mae", "rmse")}
_WEEK = "7d"
_LEAST = 30  # labelled rows of a week whose metrics are drawn


@dataclass(frozen=True)
class Difference:
    """A metric of what answered, and of the first version alone.

    Attributes:
        difference: what answered less the first.
        lower, upper: its interval; infinite where there are too few blocks.
        better: `higher` or `lower`: what of the metric itself is better.
    """

    metric: str
    served: float
    first: float
    difference: float
    lower: float
    upper: float
    better: str

    @property
    def says(self) -> str:
        """`better`, `worse`, `equal`, or `undecided` where the interval has nothing on both sides."""
        if self.lower == self.upper == 0:
            return "equal"
        sign = 1 if self.better == "higher" else -1
        worst, best = sorted((sign * self.lower, sign * self.upper))
        return "better" if worst > 0 else "worse" if best < 0 else "undecided"

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        bounds = {"lower": _finite(self.lower), "upper": _finite(self.upper)}
        return {**asdict(self), **bounds, "says": self.says}


@dataclass(frozen=True)
class Week:
    """A week's metrics by name, of what answered and of the first version; begins on a Monday."""

    begins: datetime
    rows: int
    served: Mapping[str, float | None]
    first: Mapping[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the week as JSON."""
        return {**asdict(self), "begins": self.begins.isoformat()}


@dataclass(frozen=True)
class Comparison:
    """What answered in a time against the first version alone.

    Attributes:
        first: the version that is compared with.
        answered: rows that callers were answered.
        labelled: those whose truth is known: all that is compared.
        refused: labelled rows that the first version would have turned away; they are left out.
        versions: labelled rows by the version that answered.
        differences: one for each metric.
        weeks: in order.
        blocks: how many blocks of time the rows lie in; rows of one count once.
        block, timezone: how long a block is, and where its days begin.
        confidence: of the intervals.
    """

    first: int
    answered: int
    labelled: int
    refused: int
    versions: Mapping[int, int]
    differences: tuple[Difference, ...]
    weeks: tuple[Week, ...]
    blocks: int
    block: str
    timezone: str
    confidence: float = CONFIDENCE

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON."""
        return {
            **asdict(self),
            "versions": {str(version): rows for version, rows in self.versions.items()},
            "differences": [each.to_dict() for each in self.differences],
            "weeks": [each.to_dict() for each in self.weeks],
        }


def compare(first: Version, project: Project, *, since: datetime, until: datetime) -> Comparison:
    """Let the first version score every labelled row of a time, and compare it with what answered.

    Args:
        first: the version; rows that it answered itself count as they were answered.
        project: whose log it is.
        since: project time, the first moment.
        until: project time, the first moment after it.

    Raises:
        UsageError: nothing can be compared; the message says why.
        IntegrityError: the version's files are not those that were recorded.
    """
    config = project.model(first.model)
    metrics = _SHOWN.get(config.task)
    if metrics is None:
        raise UsageError(
            f"{first.model!r} is a {config.task} model; only binary and regression models are compared.",
            hint=f"Compare single answers: workbench replay {first.model} --version {first.number}",
        )
    answered, frame = _labelled(first.model, project, config, since, until)
    theirs = _scores_of(first, project, frame)
    kept = frame.filter(~theirs.is_nan())
    if kept.is_empty():
        raise UsageError(
            f"Version {first.number} of {first.model!r} would have turned every row away.",
            hint=f"See why: workbench replay {first.model} --version {first.number}",
        )
    sides = _Sides(kept, theirs.filter(~theirs.is_nan()).to_numpy(), config)
    return Comparison(
        first=first.number,
        answered=answered,
        labelled=frame.height,
        refused=frame.height - kept.height,
        versions=dict(kept["version"].value_counts().sort("version").iter_rows()),
        differences=sides.differences(metrics),
        weeks=sides.weeks(metrics),
        blocks=sides.blocks_number,
        block=sides.block,
        timezone=sides.timezone,
    )


def _labelled(
    model: str, project: Project, config: ModelConfig, since: datetime, until: datetime
) -> tuple[int, pl.DataFrame]:
    """Return how many rows were answered, and those whose truth is known and can be measured."""
    from workbench.serving.log import PredictionLog

    log = PredictionLog(project)
    rows = log.window(model, since, until)
    frame = _measurable(log.with_labels(rows, log.labels(model, since)), config)
    if frame.is_empty():
        raise UsageError(
            f"No answer of {model!r} from {since:%Y-%m-%d} to {until:%Y-%m-%d} has a label.",
            hint="Labels arrive at POST /feedback; see docs/serving.md.",
        )
    return rows.height, frame


def _measurable(frame: pl.DataFrame, config: ModelConfig) -> pl.DataFrame:
    """Return the rows with a number as label and as answer."""
    import polars as pl

    kept = frame.filter(
        pl.col("label").is_finite() & pl.col("score").list.get(-1, null_on_oob=True).is_finite()
    )
    return kept.filter(pl.col("label").is_in([0.0, 1.0])) if config.task == "binary" else kept


def _scores_of(first: Version, project: Project, frame: pl.DataFrame) -> pl.Series:
    """Return the first version's scores, NaN where it turns the row away."""
    import polars as pl

    from workbench.rehearsal.again import scores
    from workbench.serving.model import load_served

    logged = frame["score"].list.get(-1)
    own = frame["version"] == first.number
    others = frame.filter(~own)
    if others.is_empty():
        return logged
    new = scores(load_served(first, project), project, others)
    return logged.scatter((~own).arg_true(), pl.Series(new))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


class _Sides:
    """The truth, both versions' scores, and the block of each row."""

    def __init__(self, frame: pl.DataFrame, first: Floats, config: ModelConfig) -> None:
        self.block, self.timezone = config.monitoring.block, config.monitoring.timezone
        self._task = config.task
        self._y = frame["label"].to_numpy()
        self._served = frame["score"].list.get(-1).to_numpy()
        self._first = first
        local = frame["at"].dt.convert_time_zone(self.timezone).dt.replace_time_zone(None)
        self._times = local.to_numpy()
        self._blocks = block_ids(self._times, self.block)

    @property
    def blocks_number(self) -> int:
        """How many blocks there are."""
        import numpy as np

        return len(np.unique(self._blocks))

    def differences(self, metrics: tuple[str, ...]) -> tuple[Difference, ...]:
        """Return each metric of both, and the interval of their difference from whole blocks.

        Raises:
            UsageError: a metric is not defined on these rows.
        """
        try:
            return tuple(self._difference(metric) for metric in metrics)
        except Unmeasurable as reason:
            raise UsageError(
                f"Nothing can be compared: {reason}.", hint="Ask for a longer time, with --since and --until."
            ) from reason

    def _difference(self, metric: str) -> Difference:
        y, both = self._y, (self._served, self._first)
        served, first = (measure(metric, self._task, y, score) for score in both)
        ours, theirs = (parts(metric, self._task, y, score) for score in both)
        bounds = block_bounds(ours - theirs, self._blocks, confidence=(1 + CONFIDENCE) / 2)
        better = METRICS[metric].better
        return Difference(metric, served, first, bounds.mean, bounds.lower, bounds.upper, better)

    def weeks(self, metrics: tuple[str, ...]) -> tuple[Week, ...]:
        """Return the weeks in order, each with the metrics of both."""
        import numpy as np

        ids = block_ids(self._times, _WEEK)
        numbers, places = np.unique(ids, return_inverse=True)
        found = []
        for place, number in enumerate(numbers):
            rows = places == place
            both = [
                {metric: self._measured(metric, rows, score) for metric in metrics}
                for score in (self._served, self._first)
            ]
            found.append(Week(_monday(int(number), self.timezone), int(rows.sum()), *both))
        return tuple(found)

    def _measured(self, metric: str, rows: NDArray[np.bool_], score: Floats) -> float | None:
        if rows.sum() < _LEAST:
            return None
        try:
            return measure(metric, self._task, self._y[rows], score[rows])
        except Unmeasurable:
            return None


def _monday(week: int, timezone: str) -> datetime:
    local = datetime(1970, 1, 5, tzinfo=ZoneInfo(timezone))  # a Monday, from which `block_ids` counts
    return local + timedelta(weeks=week)
