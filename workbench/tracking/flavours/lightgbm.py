"""LightGBM as text: the whole model can be read, and nothing in it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.tracking.flavours.flavour import TEXT, Recorded, libraries

if TYPE_CHECKING:
    from lightgbm import Booster


class LightGBM:
    """A Booster, or that of a fitted LGBMModel."""

    name = "lightgbm"
    stored = TEXT
    file = "model.lgb"
    packages: tuple[str, ...] = ("lightgbm", "numpy", "pandas")
    expects: Mapping[str, frozenset[str]] = {
        "data": frozenset({file}),
        "model_class": frozenset({"lightgbm.basic.Booster"}),
    }

    def takes(self, model: Any) -> bool:
        """Return whether it is LightGBM's, a Booster or in scikit-learn's style."""
        return "lightgbm" in libraries(model)

    def native(self, model: Any) -> Booster:
        """Return the Booster."""
        import lightgbm

        if isinstance(model, lightgbm.Booster):
            return model
        if not model.__sklearn_is_fitted__():
            raise UsageError(
                f"{type(model).__name__} is not fitted, so there is nothing to save.",
                hint="Call its fit() first.",
            )
        return model.booster_

    def predict(self, model: Any, rows: Any) -> Any:
        """Return probabilities or values; names of things may be texts."""
        if not (model.pandas_categorical and hasattr(rows, "columns")):
            return model.predict(rows)
        from workbench.tracking.categories import categories_of, matrix

        return model.predict(matrix(rows, self.columns(model), categories_of(model, rows)))

    def columns(self, model: Any) -> list[str]:
        """Return the names of the features."""
        return list(model.feature_name())

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder with the model's text in it."""
        import mlflow.lightgbm

        mlflow.lightgbm.save_model(model, str(folder), **described)

    def meaning(self, folder: Path) -> bytes:
        """Return the text."""
        return (folder / self.file).read_bytes()

    def read(self, recorded: Recorded) -> Booster:
        """Return the Booster."""
        import lightgbm

        return lightgbm.Booster(model_str=recorded.read(self.file).decode())
