"""Predictions of a LightGBM Booster, its own to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.serving.model.coding import Coding
from workbench.serving.model.column import Column, Inputs
from workbench.serving.model.fast import single_row
from workbench.serving.model.order import Row

if TYPE_CHECKING:
    import pandas as pd
    from lightgbm import Booster


class BoosterPredictor:
    """Predicts rows with a Booster, exactly as `Booster.predict` does on the same values.

    Args:
        booster: as it was loaded.
        columns: in the Booster's order, their categories with them.
        refuse_unknown: whether a category that was never learnt is an error, or counts as missing.
        examples: rows of the stored example, which the fast path must agree on.
    """

    def __init__(
        self,
        booster: Booster,
        columns: Sequence[Column],
        *,
        refuse_unknown: bool = False,
        examples: Sequence[Row] = (),
    ) -> None:
        self._booster = booster
        self._coding = Coding(columns, refuse_unknown=refuse_unknown)
        self._fast = single_row(booster, self._coding.matrix(examples))

    @property
    def fast(self) -> bool:
        """Whether single rows take LightGBM's own function for them."""
        return self._fast is not None

    def predict(self, rows: Sequence[Row]) -> tuple[list[Any], list[list[float]]]:
        """Return predictions as MLflow gives them, and each row's scores.

        Raises:
            Refused: a value does not fit its column.
        """
        if len(rows) == 1 and self._fast is not None:
            one = self._fast.predict(self._coding.row(rows[0]))
            return [one], [one if isinstance(one, list) else [one]]
        matrix = self._coding.matrix(rows)
        # One thread: the others belong to other requests, and the result is the same.
        answers: list[Any] = self._booster.predict(matrix, num_threads=1).tolist()
        return answers, [each if isinstance(each, list) else [each] for each in answers]


def booster_inputs(booster: Booster, signed: Inputs | None, example: pd.DataFrame | None) -> Inputs:
    """Return a Booster's columns, with the categories that it learnt.

    Args:
        booster: as it was loaded.
        signed: what the recorded signature tells of them, None where there is none.
        example: the stored example, which tells what the Booster's text leaves open.

    Raises:
        UsageError: signature and Booster do not fit each other.
    """
    from workbench.tracking.categories import categories_of

    features = booster.feature_name()
    if signed is None:
        numbered = all(name == f"Column_{place}" for place, name in enumerate(features))
        signed = Inputs(tuple(Column(name, "number") for name in features), positional=numbered)
    if len(signed.columns) != len(features):
        raise UsageError(
            f"The model takes {len(features)} columns, but its example had {len(signed.columns)}.",
            hint="Save it with an example of exactly the columns that it was trained on.",
        )
    known = categories_of(booster, _renamed(example, features))
    columns = tuple(
        _categorised(column, known.get(feature))
        for column, feature in zip(signed.columns, features, strict=True)
    )
    return Inputs(columns, signed.positional, signed.array)


def _categorised(column: Column, categories: Sequence[Any] | None) -> Column:
    if categories is not None:
        return Column(column.name, "category", "string", tuple(categories), column.required)
    if column.kind == "text":
        raise UsageError(
            f"Column {column.name} held texts in the model's example, but the model learnt numbers there.",
            hint="Save it with an example of the table that it was trained on.",
        )
    return column


def _renamed(example: pd.DataFrame | None, features: Sequence[str]) -> pd.DataFrame | None:
    if example is None or len(example.columns) != len(features):
        return None
    return example.set_axis(list(features), axis=1)
