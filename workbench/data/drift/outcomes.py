"""Rows that a model did not learn from, with their scores and what came true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.drift.columns import Column, Numbers, as_names, read_column
from workbench.data.drift.held import HeldOut
from workbench.data.drift.placed import moments
from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_CLASSES = 20  # distinct whole numbers up to which a label is a class and not a measure
_ROWS = 100_000  # that are kept; of more, a sample is drawn
LABEL = "label"


def held_out(score: Any, label: Any, times: Any, groups: Any) -> HeldOut | None:
    """Return scored rows whose label is known; None when no scores were given.

    Raises:
        UsageError: one of score and label is missing, or they are not of the same rows.
    """
    import numpy as np

    if score is None and label is None:
        return None
    if score is None or label is None:
        given, lacking = ("label", "score") if score is None else ("score", "label")
        raise UsageError(
            f"wb.reference was given {given} without {lacking}.",
            hint="Give both, of rows that the model did not learn from, or neither.",
        )
    scores, truth = as_floats(score, "score"), as_floats(label, "label")
    wall = None if times is None else moments(times, "scored_times")
    table = _groups(groups, len(truth))
    lengths = {"score": len(scores), "label": len(truth), "scored_groups": table.num_rows}
    if wall is not None:
        lengths["scored_times"] = len(wall)
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{what} has {length:,}" for what, length in lengths.items())
        raise UsageError(
            f"wb.reference needs the same rows in all that is scored, but {told}.",
            hint="Give the scores, labels, times and groups of the same rows.",
        )
    known = ~np.isnan(truth) & ~np.isnan(scores if scores.ndim == 1 else scores.sum(axis=1))
    rows = np.flatnonzero(known)
    if not len(rows):
        return None
    if len(rows) > _ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, _ROWS, replace=False))
    return HeldOut(scores[rows], truth[rows], None if wall is None else wall[rows], table.take(rows))


def outcome_columns(scored: HeldOut) -> dict[str, Column]:
    """Return the scores and the labels as columns in which drift is measured."""
    return {**score_columns(scored.score), LABEL: label_column(scored.label)}


def score_columns(score: NDArray[np.float64]) -> dict[str, Column]:
    """Return scores as columns: `score`, or `score_0`, `score_1` … of several classes."""
    if score.ndim == 1:
        return {"score": read_column(score)}
    return {f"score_{place}": read_column(score[:, place]) for place in range(score.shape[1])}


def label_column(label: NDArray[np.float64]) -> Column:
    """Return labels as names of classes when they are few whole numbers, as numbers otherwise."""
    import numpy as np

    found = read_column(label)
    if not isinstance(found, Numbers):
        return found
    distinct = np.unique(found.values[~np.isnan(found.values)])
    whole = bool((distinct == np.round(distinct)).all())
    return as_names(found, ()) if whole and len(distinct) <= _MOST_CLASSES else found


def as_floats(values: Any, what: str) -> NDArray[np.float64]:
    """Return numbers of any library as an array; missing ones become NaN.

    Raises:
        UsageError: they are not numbers.
    """
    import numpy as np

    try:
        if type(values).__module__.partition(".")[0] == "pandas":
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if hasattr(values, "to_numpy"):
            values = values.to_numpy()
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{what} must be numbers, but got {type(values).__name__}: {error}.",
            hint="Give 0 and 1 for two classes, the class's index for more, and probabilities as scores.",
        ) from error


def _groups(groups: Any, rows: int) -> Any:
    import pyarrow as pa

    if groups is None:
        return pa.table({"": pa.nulls(rows)}).select([])
    from workbench.data.frame import to_arrow

    if type(groups).__module__.partition(".")[0] == "pandas":
        groups = groups.reset_index(drop=True)
    return to_arrow(groups)
