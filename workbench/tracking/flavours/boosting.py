"""XGBoost and CatBoost in their own JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.tracking.flavours.flavour import JSON, Recorded, type_name

_XGBOOST = frozenset(
    {
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRFClassifier",
        "xgboost.sklearn.XGBRFRegressor",
        "xgboost.sklearn.XGBRanker",
        "xgboost.sklearn.XGBRegressor",
    }
)
_CATBOOST = frozenset({"CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor"})


class XGBoost:
    """A Booster, or a model in scikit-learn's style."""

    name = "xgboost"
    stored = JSON
    file = "model.json"
    packages: tuple[str, ...] = ("xgboost", "numpy", "pandas")
    expects: Mapping[str, frozenset[str]] = {
        "data": frozenset({file}),
        "model_class": _XGBOOST,
        "model_format": frozenset({"json"}),
    }

    def takes(self, model: Any) -> bool:
        """Return whether it is one of XGBoost's own classes."""
        return type_name(model) in _XGBOOST

    def native(self, model: Any) -> Any:
        """Return the model as it is."""
        return model

    def predict(self, model: Any, rows: Any) -> Any:
        """Return probabilities or values of a Booster, classes or values of the others."""
        import xgboost

        if isinstance(model, xgboost.Booster):
            return model.predict(xgboost.DMatrix(rows, enable_categorical=True))
        return model.predict(rows)

    def columns(self, model: Any) -> list[str]:
        """Return the names of the features."""
        booster = model.get_booster() if hasattr(model, "get_booster") else model
        return list(booster.feature_names or ())

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder with the model's JSON in it."""
        import mlflow.xgboost

        mlflow.xgboost.save_model(model, str(folder), model_format="json", **described)

    def meaning(self, folder: Path) -> bytes:
        """Return the JSON."""
        return (folder / self.file).read_bytes()

    def read(self, recorded: Recorded) -> Any:
        """Return a model of the class that was saved."""
        import xgboost

        kind = _flavour_part(recorded, self.name)["model_class"].rpartition(".")[2]
        model = getattr(xgboost, kind)()
        model.load_model(bytearray(recorded.read(self.file)))
        return model


class CatBoost:
    """CatBoost's classifier, regressor or ranker."""

    name = "catboost"
    stored = JSON
    file = "model.cb"
    packages: tuple[str, ...] = ("catboost", "numpy", "pandas")
    expects: Mapping[str, frozenset[str]] = {
        "data": frozenset({file}),
        "model_type": _CATBOOST,
        "save_format": frozenset({"json"}),
    }

    def takes(self, model: Any) -> bool:
        """Return whether it is one of CatBoost's own classes."""
        module, _, name = type_name(model).rpartition(".")
        return module.startswith("catboost") and name in _CATBOOST

    def native(self, model: Any) -> Any:
        """Return the model as it is."""
        return model

    def predict(self, model: Any, rows: Any) -> Any:
        """Return classes or values."""
        return model.predict(rows)

    def columns(self, model: Any) -> list[str]:
        """Return the names of the features."""
        return list(model.feature_names_ or ())

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder with the model's JSON in it."""
        import mlflow.catboost

        mlflow.catboost.save_model(model, str(folder), format="json", **described)

    def meaning(self, folder: Path) -> bytes:
        """Return the JSON without the time and the id of the training."""
        content = json.loads((folder / self.file).read_bytes())
        for passing in ("model_guid", "train_finish_time"):
            content.get("model_info", {}).pop(passing, None)
        return json.dumps(content, sort_keys=True).encode()

    def read(self, recorded: Recorded) -> Any:
        """Return a model of the class that was saved."""
        import catboost

        model = getattr(catboost, _flavour_part(recorded, self.name)["model_type"])()
        with recorded.copied() as folder:
            return model.load_model(str(folder / self.file), format="json")


def _flavour_part(recorded: Recorded, name: str) -> dict[str, Any]:
    import yaml

    part: dict[str, Any] = yaml.safe_load(recorded.read("MLmodel"))["flavors"][name]
    return part
