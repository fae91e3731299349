"""Columns out of recorded signatures, whatever the example was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from tests.serving.model.models import served
from tests.tracking.kinds import truth
from workbench.errors import UsageError
from workbench.serving.batch import Batch
from workbench.serving.model.column import Inputs, inputs_of
from workbench.serving.refused import Refused


def signature(*specs: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": json.dumps(specs), "outputs": None}


def tensor(dtype: str, *shape: int, **more: str) -> dict[str, Any]:
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": list(shape)}, **more}


def known(*specs: dict[str, Any], names: tuple[str, ...] = ()) -> Inputs:
    found = inputs_of(signature(*specs), names)
    assert found is not None
    return found


def test_columns_follow_the_models_own_order() -> None:
    """Not that of the example, when the two name the same."""
    wind, hour = {"type": "double", "name": "wind"}, {"type": "long", "name": "hour", "required": False}
    found = known(wind, hour, names=("hour", "wind"))
    assert [(c.name, c.kind, c.required) for c in found.columns] == [
        ("hour", "integer", False),
        ("wind", "number", True),
    ]
    assert not found.positional
    assert known(wind, hour, names=("a", "b")).names == ("wind", "hour")


def test_arrays_have_columns_too() -> None:
    """Named as the model names them, else by their place; several arrays are a column each."""
    found = known(tensor("float32", -1, 2), names=("a", "b"))
    assert (found.names, found.positional, found.array) == (("a", "b"), True, "float32")
    assert [(c.kind, c.type) for c in found.columns] == [("number", "float")] * 2
    assert known(tensor("int64", -1, 2)).names == ("0", "1")
    several = known(tensor("float64", -1, name="x"), tensor("bool", -1, name="y"))
    assert [(c.name, c.kind) for c in several.columns] == [("x", "number"), ("y", "boolean")]
    assert inputs_of(None, ()) is None


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"type": "binary", "name": "photo"}, "column photo of type binary"),
        (tensor("float64", -1, 28, 28), r"an array of shape \(-1, 28, 28\)"),
        (tensor("float64", -1, -1), r"an array of shape \(-1, -1\)"),
        (tensor("complex128", -1, 2), "an array of complex128"),
        (tensor("float64", -1, 2, name="x"), "x as an array of shape"),
    ],
)
def test_what_is_no_row_of_plain_values_is_not_served(spec: dict[str, Any], words: str) -> None:
    """The error says what the model takes, and how to save it."""
    with pytest.raises(UsageError, match=words):
        inputs_of(signature(spec), ())


class Since(LinearRegression):  # type: ignore[misc]
    """A model of dates: days since the year began."""

    def fit(self, rows: pd.DataFrame, y: Any) -> Since:
        super().fit(self._days(rows), y)
        return self

    def predict(self, rows: pd.DataFrame) -> Any:
        return super().predict(self._days(rows))

    @staticmethod
    def _days(rows: pd.DataFrame) -> Any:
        return (rows["day"] - pd.Timestamp(2013, 1, 1)).dt.days.to_numpy()[:, None]


def test_dates_are_texts(tmp_path: Path) -> None:
    """Read as dates for the model; what is none is refused."""
    days = pd.DataFrame({"day": pd.date_range("2013-01-01", periods=120)})
    model = Since().fit(days, truth("regression"))
    found = served(tmp_path, model, days.head(), task="regression", stores="[stores]\nallow_pickle = true\n")
    assert [(c.kind, c.type) for c in found.columns] == [("text", "datetime")]
    expected = model.predict(days.iloc[[2]]).tolist()
    assert found.score(Batch(["day"], [["2013-01-03T00:00:00"]])).predictions == expected
    with pytest.raises(Refused, match="'day' takes dates"):
        found.score(Batch(["day"], [["someday"]]))
