"""What each column contributed to one answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.serving.batch import Batch
from workbench.serving.replay.rescore import as_it_came

if TYPE_CHECKING:
    from workbench.serving.log import Prediction
    from workbench.serving.model import ServedModel


@dataclass(frozen=True)
class Contribution:
    """A column's part in a score.

    Attributes:
        given: the row's value, None where it was missing.
        value: by how much it moved the score, on the scale of `Explained`.
    """

    column: str
    given: Any
    value: float


@dataclass(frozen=True)
class Explained:
    """A score, taken apart: base and contributions add up to it.

    Attributes:
        base: the score of nobody in particular.
        score: of this row.
        scale: that these numbers are on, such as log-odds.
        method: `tree` is exact, `permutation` sampled.
        contributions: of every column, the largest first.
        answer: what is answered to the row when it is asked again now.
        group: of several classes, the number of the one that is explained; None otherwise.
    """

    base: float
    score: float
    scale: str
    method: str
    contributions: tuple[Contribution, ...]
    answer: Any = None
    group: int | None = None


def explain_row(served: ServedModel, row: Prediction, sensitive: Collection[str] = ()) -> Explained:
    """Return what each column contributed to a logged row.

    Args:
        served: the version that answered it.
        row: of the log.
        sensitive: columns that the log does not hold as they came.

    Raises:
        UsageError: the log does not hold the whole row, or holds it masked.
        Refused: the row does not fit the model, or the model cannot be explained.
    """
    masked = [column.name for column in served.columns if column.name in sensitive]
    if masked:
        raise UsageError(
            f"The log holds {', '.join(masked)} masked, so nobody can tell what the row contributed.",
            hint="",
        )
    missing = [c.name for c in served.columns if c.required and c.name not in row.features]
    if missing:
        raise UsageError(f"The log holds nothing of {', '.join(missing)}.", hint="")
    return explain_values(served, {c.name: _given(c, row.features.get(c.name)) for c in served.columns})


def explain_values(served: ServedModel, row: Mapping[str, Any]) -> Explained:
    """Return what each column contributed to a row as a caller would give it.

    Raises:
        Refused: the row does not fit the model, or the model cannot be explained.
    """
    (told,) = served.explain(Batch(list(row), [list(row.values())]))
    return _explained(told, dict(row))


def _given(column: Any, value: Any) -> Any:
    back = as_it_came(column)
    return value if back is None or value is None else back(value)


def _explained(told: dict[str, Any], row: dict[str, Any]) -> Explained:
    group = _group(told["score"])
    parts = [
        Contribution(name, row.get(name), _of(value, group)) for name, value in told["contributions"].items()
    ]
    return Explained(
        base=_of(told["base"], group),
        score=_of(told["score"], group),
        scale=told["scale"],
        method=told["method"],
        contributions=tuple(sorted(parts, key=lambda part: -abs(part.value))),
        answer=told.get("prediction"),
        group=group,
    )


def _group(score: float | Sequence[float]) -> int | None:
    """Return the class with the highest score; None of a single score."""
    if isinstance(score, int | float):
        return None
    return max(range(len(score)), key=lambda place: score[place])


def _of(value: float | Sequence[float], group: int | None) -> float:
    return float(value if isinstance(value, int | float) or group is None else value[group])  # type: ignore[arg-type]
