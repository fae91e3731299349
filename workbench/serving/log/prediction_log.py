"""The prediction log for those who read it: drift, replay, traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.project import Project
from workbench.serving.log import frames, join
from workbench.serving.log.collect import models, waiting
from workbench.serving.log.place import LogPlace
from workbench.serving.log.request_id import time_of

if TYPE_CHECKING:
    import polars as pl

_SHADOW = "shadow"


@dataclass(frozen=True)
class Prediction:
    """A row of the log.

    Attributes:
        at: project time.
        recorded_at: wall time.
        score: the prediction's numbers; None where it is none.
        answer: the prediction as a text where it is no number.
        features: the model's columns, as far as they may be logged.
        label: the newest truth given for it: a number or a text; None: none yet.
        labelled_at: when that was known.
        shadows: of the same row, what versions beside the one that answered said.
    """

    prediction_id: str
    request_id: str
    row: int
    at: datetime
    recorded_at: datetime
    model: str
    version: int
    arm: str
    caller: str | None
    entity: str | None
    latency_us: int
    score: tuple[float, ...] | None
    answer: str | None
    features: Mapping[str, Any]
    label: float | str | None = None
    labelled_at: datetime | None = None
    shadows: tuple[Prediction, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON."""
        found = asdict(self)
        for name in ("at", "recorded_at", "labelled_at"):
            found[name] = found[name].isoformat() if found[name] else None
        return {**found, "shadows": [shadow.to_dict() for shadow in self.shadows]}


class PredictionLog:
    """Reads the log of a project: its tables, and what is still in the spool.

    What it costs depends on the days that are asked for, not on the log's age.

    Args:
        project: whose log it is.
    """

    def __init__(self, project: Project) -> None:
        self._place = LogPlace(project.layout.state)

    def models(self) -> list[str]:
        """Return the models that something was logged of, sorted."""
        return sorted({*self._place.models(), *models(waiting(self._place.spool))})

    def find(self, prediction_id: str) -> Prediction | None:
        """Return the row that a caller was answered with, its label and its shadows; None: there is none.

        Args:
            prediction_id: as the answer named it, `REQUEST-ROW`; a request's id alone means its first row.
        """
        import polars as pl

        at = time_of(prediction_id)
        if at is None:
            return None
        wanted = prediction_id if "-" in prediction_id else f"{prediction_id}-0"
        day = at.date()
        for model in self.models():
            found = frames.predictions(self._place, model, (day, day), pl.col("prediction_id") == wanted)
            if found.height:
                return _prediction(join.with_labels(found, frames.labels(self._place, model, day)))
        return None

    def window(
        self,
        model: str,
        since: datetime,
        until: datetime,
        *,
        arms: Sequence[str] | None = ("champion", "challenger"),
        versions: Sequence[int] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Return a model's rows of a time, each once, sorted by time.

        Args:
            model: its name.
            since: project time, the first moment.
            until: project time, the first moment after it.
            arms: only these; None: shadows too.
            versions: only these; None: all.
            columns: of the model; None: all that were logged, () none.

        Returns:
            A frame with `prediction_id`, `request_id`, `row`, `at`, `recorded_at`, `model`, `version`, `arm`,
            `caller`, `entity`, `latency_us`, `score` (a list of numbers), `answer` (a text where the
            prediction is no number) and, as far as there are any, the model's columns as struct `features`.

        Raises:
            UsageError: a time has no zone, or the model has no such column.
        """
        days, keep = _asked(since, until, arms, versions)
        return frames.predictions(self._place, model, days, keep, columns=columns)

    def labelled(
        self,
        model: str,
        since: datetime,
        until: datetime,
        *,
        arms: Sequence[str] | None = ("champion", "challenger"),
        versions: Sequence[int] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Return those rows of a window whose truth is known: what `window` returns, and the label.

        A label given for a prediction counts before one given for its entity, a newer one before an older.
        One given for an entity belongs to all its predictions of that day and before.

        Returns:
            The frame with `label` (a number), `label_text` (where it is a text), and `labelled_at`.

        Raises:
            UsageError: a time has no zone, or the model has no such column.
        """
        rows = self.window(model, since, until, arms=arms, versions=versions, columns=columns)
        return join.only_labelled(self.with_labels(rows, self.labels(model, since)))

    def labels(self, model: str, since: datetime, until: datetime | None = None) -> pl.DataFrame:
        """Return the truths that were accepted since the day of a moment, as they were given.

        Args:
            model: its name.
            since: project time.
            until: likewise, of the last day; None: all since.

        Returns:
            A frame with `label_id`, `prediction_id` or `entity`, `label` (a number) or `label_text`, `at`
            (when it was known), `received_at`, `recorded_at` and `caller`.
        """
        last = None if until is None else until.astimezone(UTC).date()
        return frames.labels(self._place, model, since.astimezone(UTC).date(), last)

    def with_labels(self, rows: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
        """Return rows of a window with `label`, `label_text` and `labelled_at`: null where none was given.

        Args:
            rows: what `window` returned.
            given: what `labels` returned for the first of them.
        """
        return join.with_labels(rows, given)

    def last(self, model: str) -> datetime | None:
        """Return when a model's newest row was answered, by project time; None: there is none."""
        import polars as pl

        days = [path.name for path in self._place.predictions(model).glob("date=????-??-??")]
        first = date.fromisoformat(max(days).removeprefix("date=")) if days else date.min
        found = frames.predictions(self._place, model, (first, date.max), pl.lit(value=True), columns=())
        newest = found["at"].max()
        return newest if isinstance(newest, datetime) else None

    def accepted(self, model: str, since: datetime) -> int:
        """Return how many labels of a model were accepted later than a project time."""
        import polars as pl

        return self.labels(model, since).filter(pl.col("received_at") > since).height


def _asked(
    since: datetime, until: datetime, arms: Sequence[str] | None, versions: Sequence[int] | None
) -> tuple[tuple[date, date], pl.Expr]:
    import polars as pl

    for moment in (since, until):
        if moment.tzinfo is None:
            raise UsageError(
                f"A window needs times with a zone, but got {moment.isoformat()}.", hint="Add one: UTC."
            )
    begin, end = since.astimezone(UTC), until.astimezone(UTC)
    keep = (pl.col("at") >= begin) & (pl.col("at") < end)
    if arms is not None:
        keep &= pl.col("arm").is_in(list(arms))
    if versions is not None:
        keep &= pl.col("version").is_in(list(versions))
    return (begin.date(), end.date()), keep


def _prediction(rows: pl.DataFrame) -> Prediction:
    made = [_row(values) for values in rows.iter_rows(named=True)]
    answered = next((row for row in made if row.arm != _SHADOW), made[0])
    shadows = tuple(row for row in made if row is not answered)
    return Prediction(**{**vars(answered), "shadows": shadows})


def _row(values: dict[str, Any]) -> Prediction:
    number, text = values.pop("label"), values.pop("label_text")
    score = values.pop("score")
    return Prediction(
        **{"features": {}, **values},
        score=None if score is None else tuple(score),
        label=text if number is None else number,
    )
