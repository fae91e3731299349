"""One way to score with every kind of model, for gates, explanations and services alike."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UsageError
from workbench.tracking.flavours.flavour import libraries, type_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "regression"]
_TWO = ([0, 1], [-1, 1])


class Scorer:
    """A native model with one `score`, whatever its library.

    Args:
        model: what `stage.load` or `wb.load` returned, or a model just trained.
        task: binary, multiclass or regression.
    """

    def __init__(self, model: Any, task: Task) -> None:
        self.model = model
        self.task = task
        self._categories: dict[str, list[Any]] | None = None

    def __repr__(self) -> str:
        return f"<Scorer {self.task}: {type_name(self.model)}>"

    @cached_property
    def columns(self) -> list[str]:
        """The columns that the model takes, in its order; empty when it does not say."""
        if self.is_booster:
            return list(self.model.feature_name())
        names = getattr(self.model, "feature_names_in_", None)
        if names is None:
            names = getattr(self.model, "feature_names", None) or getattr(self.model, "feature_names_", None)
        return [] if names is None else [str(name) for name in names]

    @cached_property
    def is_booster(self) -> bool:
        """Whether it is LightGBM's own Booster."""
        return type_name(self.model) == "lightgbm.basic.Booster"

    @cached_property
    def classes(self) -> list[Any]:
        """The classes in the order of the scores' columns; empty when the model does not say."""
        found = getattr(self.model, "classes_", None)
        return [] if found is None else [each.item() if hasattr(each, "item") else each for each in found]

    def rows(self, table: Any) -> pd.DataFrame:
        """Return a table of any library as the model's own columns.

        Raises:
            UsageError: columns are missing.
        """
        import pandas as pd

        frame = table.to_pandas() if hasattr(table, "to_pandas") else table
        if not isinstance(frame, pd.DataFrame):
            frame = pd.DataFrame(frame, columns=self.columns or None)
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise UsageError(
                f"The table lacks {', '.join(missing)}, which the model was trained on.",
                hint=f"Give all of its {len(self.columns)} columns; further ones are left out.",
            )
        return frame[self.columns] if self.columns else frame

    def matrix(self, table: Any) -> NDArray[np.float64]:
        """Return a table as the numbers that a Booster takes, names of things as the codes it learnt."""
        from workbench.tracking.categories import categories_of, matrix

        frame = self.rows(table)
        if self._categories is None:
            self._categories = categories_of(self.model, frame)
        return matrix(frame, self.columns, self._categories)

    def score(self, table: Any) -> NDArray[np.float64]:
        """Return the model's scores of a table's rows.

        Args:
            table: pandas, Polars or Arrow, or an array in the model's order; further columns are left out,
                and names of things may be texts.

        Returns:
            Binary: the probability of 1, shape (rows,). Multiclass: of each class, shape (rows, classes).
            Regression: the value, shape (rows,).

        Raises:
            UsageError: the model gives no such scores, or the table does not fit it.
        """
        import numpy as np

        scores = np.asarray(self._predict(table), dtype=np.float64)
        if self.task == "binary" and scores.ndim == 2:
            scores = scores[:, self._positive(scores.shape[1])]
        if self.task == "regression" and scores.ndim == 2 and scores.shape[1] == 1:
            scores = scores[:, 0]
        self._check(scores)
        return scores

    def truth(self, labels: Any) -> NDArray[np.float64]:
        """Return labels as the gates compare them: 0 or 1, the class's index, or the value.

        Raises:
            UsageError: a label is none of the model's classes.
        """
        import numpy as np

        values = np.asarray(labels)
        if self.task == "regression" or not self.classes:
            return values.astype(np.float64)
        place = {each: index for index, each in enumerate(self.classes)}
        strange = sorted({str(each) for each in values.tolist() if each not in place})
        if strange:
            raise UsageError(
                f"Labels {', '.join(strange[:5])} are none of the model's classes.",
                hint=f"It was trained on {', '.join(map(str, self.classes[:12]))}.",
            )
        return np.asarray([place[each] for each in values.tolist()], dtype=np.float64)

    def _predict(self, table: Any) -> Any:
        model = self.model
        if self.is_booster:
            return model.predict(self.matrix(table))
        frame = self.rows(table)
        if "onnx" in libraries(model):
            from workbench.tracking.flavours.graph import run_graph

            return run_graph(model, frame)
        if type_name(model) == "xgboost.core.Booster":
            import xgboost

            return model.predict(xgboost.DMatrix(frame, enable_categorical=True))
        rows = frame if self.columns else frame.to_numpy()
        if self.task == "regression" or not hasattr(model, "classes_"):
            return model.predict(rows)
        if not hasattr(model, "predict_proba"):
            raise UsageError(
                f"A {type(model).__name__} gives classes; a {self.task} model is judged by probabilities.",
                hint="Wrap it: sklearn.calibration.CalibratedClassifierCV(model).fit(X, y).",
            )
        return model.predict_proba(rows)

    def _positive(self, width: int) -> int:
        if width != 2:
            raise UsageError(
                f"The model tells {width} classes apart, but its task is binary.",
                hint='Say task = "multiclass" in workbench.toml, or train it on 0 and 1.',
            )
        if self.classes and [*self.classes] not in _TWO:
            raise UsageError(
                f"Which of {self.classes[0]!r} and {self.classes[1]!r} is the positive class is not clear.",
                hint="Train a binary model on 0 and 1, or on False and True.",
            )
        return 1

    def _check(self, scores: NDArray[np.float64]) -> None:
        expected = 2 if self.task == "multiclass" else 1
        wrong = scores.ndim != expected
        if not wrong and self.task == "regression":
            return
        if wrong or bool(((scores < 0) | (scores > 1)).any()):
            what = f"the shape {scores.shape}" if wrong else "numbers beyond 0 and 1"
            wants = {
                "binary": "one probability for each row",
                "multiclass": "a probability for each row and class",
                "regression": "one value for each row",
            }
            raise UsageError(
                f"A {type(self.model).__name__} of task {self.task} should give {wants[self.task]}, but it "
                f"gives {what}.",
                hint="Check the model's objective against its task in workbench.toml.",
            )
