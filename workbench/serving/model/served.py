"""A model that answers: rows in, predictions out, with what the log needs of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from workbench.serving.batch import Batch
from workbench.serving.model.column import Column, Inputs
from workbench.serving.model.order import Order, Row
from workbench.serving.model.value import read

if TYPE_CHECKING:
    from workbench.tracking.scorer import Scorer, Task


@dataclass(slots=True)
class Scored:
    """What a batch was answered with.

    Attributes:
        predictions: what MLflow's scoring server would put into `predictions`: one for each row.
        values: each row's values in the order of the model's columns, as the caller gave them.
        scores: each row's probability, probabilities of all classes, or value.
    """

    predictions: Any
    values: Sequence[Row]
    scores: list[list[float]]


class Predictor(Protocol):
    """Predicts rows that are in the model's order; refuses values that do not fit."""

    @property
    def fast(self) -> bool:
        """Whether single rows take LightGBM's own function for them."""

    def predict(self, rows: Sequence[Row]) -> tuple[Any, list[list[float]]]:
        """Return predictions as MLflow gives them, and each row's scores."""


class ServedModel:
    """One version of a model, ready to answer from any thread.

    Attributes:
        model: the model's name.
        version: its number.
        fingerprint: of what was registered.
        task: binary, multiclass or regression.
        columns: what it takes, in its order.
        example: the first rows that it was saved with, None where there are none.
        scorer: the native model, scored as the gates do.
    """

    def __init__(
        self,
        *,
        model: str,
        version: int,
        fingerprint: str,
        inputs: Inputs,
        predictor: Predictor,
        scorer: Scorer,
        example: Batch | None,
    ) -> None:
        self.model = model
        self.version = version
        self.fingerprint = fingerprint
        self.task: Task = scorer.task
        self.columns: tuple[Column, ...] = inputs.columns
        self.example = example
        self.scorer = scorer
        self._inputs = inputs
        self._order = Order(inputs)
        self._predictor = predictor

    def __repr__(self) -> str:
        return f"<ServedModel {self.model}/{self.version}: {len(self.columns)} columns>"

    @property
    def fast(self) -> bool:
        """Whether single rows take LightGBM's own function for them."""
        return self._predictor.fast

    def rows(self, batch: Batch) -> Sequence[Row]:
        """Return the rows of a batch in the order of the model's columns.

        Raises:
            Refused: there are no rows, columns are missing, or a row is too long or too short.
        """
        rows = self._order.rows(batch)
        if batch.texts:
            columns = self.columns
            return [[read(c, text) for c, text in zip(columns, row, strict=True)] for row in rows]
        return rows

    def score(self, batch: Batch) -> Scored:
        """Return a batch's predictions.

        Raises:
            Refused: rows, columns or values do not fit the model; its sentence says which.
        """
        rows = self.rows(batch)
        predictions, scores = self._predictor.predict(rows)
        return Scored(predictions, rows, scores)

    def explain(self, batch: Batch) -> list[dict[str, Any]]:
        """Return what each column contributed to each row's score.

        Returns:
            For each row its `prediction` as `score` has it; `score`, `base` and `contributions` by
            column; the `scale` that these three are on, and the `method`: `tree` is exact,
            `permutation` sampled. Base and contributions add up to the score; for several classes each
            is a list, one number for each class.

        Raises:
            Refused: the rows do not fit, are too many, or the model cannot be explained.
        """
        from workbench.serving.model.explain import explain

        return explain(self, batch)
