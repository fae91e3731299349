"""A window of the prediction log: what was asked and answered, and what of it turned out how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.monitoring.span import Span, blocks_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.serving.log import PredictionLog

    Floats = NDArray[np.float64]

SHADOW = "shadow"
_ANSWERED = ("champion", "challenger")
_PATIENCE = timedelta(days=30)  # after a window, in which truths still count; so its cost has an end


@dataclass(frozen=True)
class Window:
    """What was logged of a model in a time.

    Attributes:
        span: the window.
        due: the time whose rows are judged by their truth, see `due_span`.
        rows: the answered rows of the window, as `PredictionLog.window` has them, with `label`, `label_text`
            and `labelled_at`; null where the truth is not known.
        shadows: what versions beside those that answered said of them.
        judged: the rows of `due`, answered and shadows, likewise, with a column `by NAME` for each that they
            are grouped by.
        labels: those accepted in the window.
        block, timezone: the blocks of time that rows are put into.
    """

    span: Span
    due: Span
    rows: pl.DataFrame
    shadows: pl.DataFrame
    judged: pl.DataFrame
    labels: pl.DataFrame
    block: str
    timezone: str

    @cached_property
    def features(self) -> pl.DataFrame:
        """The model's columns of the answered rows; a number that is none counts as missing."""
        import polars as pl
        from polars import selectors

        if "features" not in self.rows.columns or not self.rows.height:
            return pl.DataFrame()
        return self.rows.select("features").unnest("features").with_columns(selectors.float().fill_nan(None))

    @cached_property
    def blocks(self) -> NDArray[np.int64]:
        """The block of each answered row."""
        return blocks_of(self.rows["at"], self.block, self.timezone)

    @cached_property
    def versions(self) -> tuple[dict[str, Any], ...]:
        """The rows by version and arm, shadows too, most first."""
        import polars as pl

        both = pl.concat([part.select("version", "arm") for part in (self.rows, self.shadows)])
        counted = both.group_by("version", "arm").len("rows")
        return tuple(counted.sort("rows", "version", "arm", descending=[True, False, False]).to_dicts())

    @property
    def main_version(self) -> int | None:
        """The version that answered most as champion, or else most at all; None: nobody answered."""
        for arms in (("champion",), _ANSWERED):
            for each in self.versions:
                if each["arm"] in arms:
                    return int(each["version"])
        return None

    @property
    def labelled(self) -> int:
        """How many answered rows have a truth that is known by now, due or not."""
        return int(self.rows.select(_known()).sum().item()) if self.rows.height else 0


def read_window(
    log: PredictionLog,
    model: str,
    span: Span,
    due: Span,
    *,
    block: str,
    timezone: str,
    by: Sequence[str] = (),
) -> Window:
    """Read a window; what that costs depends on its days, not on the age of the log.

    Args:
        log: the project's.
        model: its name.
        span: the window.
        due: the time whose rows are judged.
        block: length of the blocks of time that rows are put into.
        timezone: in which they begin.
        by: columns that judged rows are grouped by; those that nobody logged are left out.
    """
    import polars as pl

    begin, end = min(due.since, span.since), max(due.until, span.until)
    labels = log.labels(model, begin, end + _PATIENCE)
    rows = log.with_labels(log.window(model, span.since, span.until, arms=_ANSWERED), labels)
    shadows = log.window(model, span.since, span.until, arms=(SHADOW,), columns=())
    shadows = log.with_labels(shadows, labels)
    known = _columns(rows)
    parts = [
        _grouped(part.filter(pl.col("at") >= due.since, pl.col("at") < due.until), by)
        for part in (rows, shadows)
    ]
    if due.since < span.since:
        until = min(due.until, span.since)
        wanted = [name for name in by if name in known]
        earlier = log.window(model, due.since, until, arms=None, columns=wanted)
        parts.append(_grouped(log.with_labels(earlier, labels), by))
    judged = pl.concat(parts, how="diagonal_relaxed")
    own = (pl.col("received_at") >= span.since) & (pl.col("received_at") < span.until)
    return Window(span, due, rows, shadows, judged, labels.filter(own), block, timezone)


def scores_of(rows: pl.DataFrame, task: str) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores of rows, and which of them are numbers that the task allows.

    Returns:
        The probability of 1 or the value, shape (rows,); of several classes (rows, classes), where rows
        of another width than most are not allowed.
    """
    import numpy as np
    import polars as pl

    column = rows["score"]
    if task != "multiclass":
        last = column.list.last() if rows.height else pl.Series([], dtype=pl.Float64)
        score = last.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        good = np.isfinite(score)
        return score, good & (score >= 0) & (score <= 1) if task == "binary" else good
    widths = column.list.len().fill_null(0)
    width = int(widths.mode().max() or 0) if rows.height else 0  # type: ignore[arg-type]
    fits = (widths == width).to_numpy() & (width > 1)
    score = np.full((rows.height, max(width, 1)), np.nan)
    if fits.any():
        score[fits] = np.array(column.filter(pl.Series(fits)).to_list(), dtype=np.float64)
    good = np.isfinite(score).all(axis=1) & (score >= 0).all(axis=1) & (score <= 1).all(axis=1)
    return score, good & fits


def truths_of(rows: pl.DataFrame, task: str, classes: Sequence[Any]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the truths of rows as gates compare them, NaN where none is known, and which are known.

    Args:
        rows: with `label` and `label_text`.
        task: binary, multiclass or regression.
        classes: what the model calls its classes, in their order; empty: by number.
    """
    import numpy as np
    import polars as pl

    known = rows.select(_known()).to_series().to_numpy()
    number = rows["label"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    if task == "regression" or not classes:
        return number, known
    place: Mapping[str, float] = {str(each): float(index) for index, each in enumerate(classes)}
    text = rows.select(
        pl.coalesce(pl.col("label_text"), pl.col("label").map_elements(_plain, return_dtype=pl.String))
    ).to_series()
    found = [float("nan") if each is None else place.get(each, float("nan")) for each in text]
    return np.asarray(found, dtype=np.float64), known


def _known() -> pl.Expr:
    import polars as pl

    return (pl.col("label").is_not_null() | pl.col("label_text").is_not_null()).alias("known")


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _columns(rows: pl.DataFrame) -> list[str]:
    return [field.name for field in rows.schema["features"].fields] if "features" in rows.columns else []  # type: ignore[attr-defined]


def _grouped(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return rows without their features, but for the columns that they are grouped by, as text."""
    import polars as pl

    known = [name for name in dict.fromkeys(by) if name in _columns(rows)]
    kept = [pl.col("features").struct.field(name).cast(pl.String).alias(f"by {name}") for name in known]
    base = [name for name in rows.columns if name != "features"]
    return rows.select(*base, *kept)
