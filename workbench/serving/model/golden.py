"""Golden rows: what a version must answer, rightly, before it meets a caller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.serving.batch import Batch
from workbench.serving.model.column import Column
from workbench.serving.model.explain import scorer_frame
from workbench.serving.model.order import Row
from workbench.serving.model.served import ServedModel

if TYPE_CHECKING:
    import numpy as np

_MADE = 20


def check_golden(served: ServedModel) -> int:
    """Let a model answer its stored example, one row at a time and all at once; return how many rows.

    Every score must be finite and of the task's shape, equal both ways, and equal to what the gates were
    given. A Booster that was saved without an example answers rows that are made up.

    Raises:
        WorkbenchError: an answer is wrong; the message says which.
        Refused: the model does not take its own example.
    """
    import numpy as np

    rows = golden_rows(served)
    together = served.score(Batch(None, rows, named=False))
    answers = [served.score(Batch(None, [row], named=False)) for row in rows]
    _check_json(together.predictions)
    expected = _of_gates(served, rows)
    _check_finite(expected, "The gates' way to score it gives")
    for got, words in (
        (together.scores, "Rows answered together get"),
        ([answer.scores[0] for answer in answers], "Rows answered one by one get"),
    ):
        scores = np.asarray(got, dtype=np.float64)
        _check_finite(scores, words)
        if scores.shape != expected.shape:
            raise WorkbenchError(f"{words} scores of shape {scores.shape}, not {expected.shape}.")
        same = scores == expected if served.scorer.is_booster else np.isclose(scores, expected, rtol=1e-6)
        if not same.all():
            row = int(np.argmin(same.reshape(len(rows), -1).all(axis=1)))
            raise WorkbenchError(
                f"{words} other scores than the gates saw: row {row + 1} {scores[row].tolist()} instead of "
                f"{expected[row].tolist()}."
            )
    return len(rows)


def golden_rows(served: ServedModel) -> list[Row]:
    """Return the rows of the stored example in the model's order, or some that are made up."""
    if served.example is not None and served.example.rows:
        return list(served.rows(served.example))
    return [[_made(column, row) for column in served.columns] for row in range(_MADE)]


def _made(column: Column, row: int) -> Any:
    if column.kind == "category":
        return column.categories[row % len(column.categories)]
    if column.kind == "boolean":
        return row % 2 == 0
    return row - _MADE // 2 if column.kind == "integer" else (row - _MADE / 2) / 3


def _of_gates(served: ServedModel, rows: Sequence[Row]) -> np.ndarray[Any, Any]:
    scores = served.scorer.score(scorer_frame(served, rows))
    return scores.reshape(len(rows), -1)


def _check_finite(scores: np.ndarray[Any, Any], words: str) -> None:
    import numpy as np

    finite = np.isfinite(scores).reshape(len(scores), -1).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise WorkbenchError(f"{words} {scores[row].tolist()} for row {row + 1}, which is no finite number.")


def _check_json(predictions: Any) -> None:
    try:
        json.dumps(predictions, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise WorkbenchError(f"Its predictions cannot be sent as JSON: {error}.") from error
