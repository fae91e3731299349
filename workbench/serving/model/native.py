"""Predictions of every model that is no Booster: the same as its MLflow flavour's `predict`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.serving.model.column import Column, Inputs
from workbench.serving.model.order import Row
from workbench.serving.model.value import checked
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    import pandas as pd

    from workbench.tracking.scorer import Scorer

_TYPES = {
    "double": "float64",
    "float": "float32",
    "long": "int64",
    "integer": "int32",
    "boolean": "bool",
    "string": "object",
}
_LONGEST = 300


class NativePredictor:
    """Predicts rows with a model of another library, as MLflow's scoring server would.

    Args:
        predict: gives the flavour's predictions of a table, or of an array where it was trained on one.
        scorer: gives the numbers that are logged: probabilities or values.
        inputs: the columns that it takes.
    """

    fast = False

    def __init__(self, predict: Callable[[Any], Any], scorer: Scorer, inputs: Inputs) -> None:
        self._predict = predict
        self._scorer = scorer
        self._inputs = inputs
        # Only a classifier's predictions are something else than its scores.
        self._same = scorer.task == "regression" or not hasattr(scorer.model, "classes_")

    def predict(self, rows: Sequence[Row]) -> tuple[list[Any], list[list[float]]]:
        """Return predictions as MLflow gives them, and each row's scores.

        Raises:
            Refused: a value does not fit its column, or the model refuses the rows.
        """
        table = self.table(rows)
        try:
            found = self._predict(table)
            scores = _numbers(found) if self._same else None
            if scores is None:
                scores = self._scorer.score(table).reshape(len(rows), -1).tolist()
        except Exception as error:  # whatever a library raises at a row that it does not like
            raise _not_predicted(error) from error
        return plain(found), scores

    def table(self, rows: Sequence[Row]) -> Any:
        """Return rows as the model takes them: a DataFrame of its types, or an array.

        Raises:
            Refused: a value does not fit its column.
        """
        import numpy as np

        columns = self._inputs.columns
        values = [
            [checked(column, row[place], number) for number, row in enumerate(rows)]
            for place, column in enumerate(columns)
        ]
        if self._inputs.array is not None:
            return np.array(values, dtype=self._inputs.array).T
        return typed_frame(columns, values)


def typed_frame(columns: Sequence[Column], values: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return columns of checked values as a DataFrame with the types of the model's signature.

    Raises:
        Refused: a text is no date.
    """
    import numpy as np
    import pandas as pd

    made = {}
    for column, each in zip(columns, values, strict=True):
        if column.type == "datetime":
            try:
                made[column.name] = pd.to_datetime(pd.Series(each)).astype("datetime64[ns]")
            except (ValueError, TypeError) as error:
                said = f"Column {column.name!r} takes dates, such as 2013-01-31T08:00: {error}"
                raise Refused(400, "wrong_type", said[:_LONGEST]) from error
        else:
            made[column.name] = pd.Series(np.array(each, dtype=_TYPES[column.type]))
    return pd.DataFrame(made)


def predict_of(flavour: str, model: Any) -> Callable[[Any], Any]:
    """Return what MLflow's pyfunc of a flavour does with a table.

    Raises:
        UsageError: the model's objects give no predictions by themselves.
    """
    if flavour == "onnx":
        return _onnx(model)
    if flavour == "xgboost":
        return _xgboost(model)
    if not hasattr(model, "predict"):
        raise UsageError(
            f"A {type(model).__name__} has no predict, so it cannot be served.",
            hint="Wrap it in a class of the project that has one.",
        )
    predict: Callable[[Any], Any] = model.predict
    return predict


def plain(found: Any) -> Any:
    """Return predictions as JSON has them, in the forms that MLflow's scoring server gives."""
    if hasattr(found, "to_frame"):
        found = found.to_frame()
    if hasattr(found, "to_dict"):
        found = found.to_dict(orient="records")
    if isinstance(found, Mapping):
        return {key: plain(each) for key, each in found.items()}
    if isinstance(found, list | tuple):
        return [plain(each) for each in found]
    return found.tolist() if hasattr(found, "tolist") else found


def _onnx(model: Any) -> Callable[[Any], Any]:
    import numpy as np
    import onnxruntime
    import pandas as pd

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    inputs, outputs = session.get_inputs(), [each.name for each in session.get_outputs()]

    def fed(name: str, kind: str, values: Any) -> dict[str, Any]:
        narrow = kind == "tensor(float)" and values.dtype == np.float64
        return {name: values.astype(np.float32) if narrow else values}

    def predict(table: Any) -> Any:
        feed: dict[str, Any] = {}
        for each in inputs:
            values = table[each.name].to_numpy() if len(inputs) > 1 else np.asarray(table)
            feed |= fed(each.name, each.type, values)
        found = dict(zip(outputs, session.run(outputs, feed), strict=True))
        if not isinstance(table, pd.DataFrame):
            return found
        return pd.DataFrame({name: np.asarray(each).reshape(-1) for name, each in found.items()})

    return predict


def _xgboost(model: Any) -> Callable[[Any], Any]:
    import xgboost

    if not isinstance(model, xgboost.Booster):
        predict: Callable[[Any], Any] = model.predict
        return predict
    return lambda table: model.predict(xgboost.DMatrix(table))


def _numbers(found: Any) -> list[list[float]] | None:
    """Return one number for each row as scores, None where predictions are something else."""
    import numpy as np

    values = np.asarray(found)
    if values.dtype.kind not in "fiub" or values.ndim > 2 or (values.ndim == 2 and values.shape[1] != 1):
        return None
    return values.astype(np.float64).reshape(-1, 1).tolist()


def _not_predicted(error: Exception) -> Refused:
    said = " ".join(str(getattr(error, "message", error)).split())
    return Refused(
        400,
        "not_predicted",
        f"The model could not predict these rows: {said[:_LONGEST] or type(error).__name__}",
        "Send values such as those that it was trained on.",
    )
