"""Models as pickles, for projects that have said `[stores] allow_pickle = true`, and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from workbench.data.digest import digest_folder
from workbench.errors import UsageError
from workbench.tracking.flavours.flavour import PICKLE, Recorded, libraries, type_name
from workbench.tracking.trust import Trust

_MLFLOW_NAMES = {
    "keras": "keras",
    "paddle": "paddle",
    "pmdarima": "pmdarima",
    "prophet": "prophet",
    "spacy": "spacy",
    "statsmodels": "statsmodels",
    "tensorflow": "tensorflow",
    "torch": "pytorch",
}
_PACKAGES = {"sklearn": ("scikit-learn", "cloudpickle")}
PICKLED = (*sorted(_MLFLOW_NAMES.values()), "sklearn")
"""The flavours of MLflow that may be kept so; anything else that predicts is kept by the last of them."""


class Pickled:
    """One of MLflow's flavours that stores pickles, or objects that are as free to run code."""

    stored = PICKLE
    file = ""
    expects: Mapping[str, frozenset[str]] = {}

    def __init__(self, name: str, trust: Trust) -> None:
        self.name = name
        self._trust = trust
        package = next((p for p, ours in _MLFLOW_NAMES.items() if ours == name), name)
        self.packages: tuple[str, ...] = _PACKAGES.get(name, (package,))

    def takes(self, model: Any) -> bool:
        """Return whether this flavour is the one for such a model."""
        found = next((ours for p, ours in _MLFLOW_NAMES.items() if p in libraries(model)), "sklearn")
        return found == self.name and (hasattr(model, "predict") or self.name != "sklearn")

    def native(self, model: Any) -> Any:
        """Return the model, when the project has allowed it."""
        if not self._trust.pickle:
            raise UsageError(
                f"A model of type {type_name(model)} cannot be saved: it would have to be pickled.",
                hint="Save one of LightGBM, scikit-learn, XGBoost, CatBoost or ONNX. Or set [stores] "
                "allow_pickle = true: then whoever can write a model can run code wherever it is loaded.",
            )
        return model

    def predict(self, model: Any, rows: Any) -> Any:
        """Return what the model predicts."""
        return model.predict(rows) if hasattr(model, "predict") else None

    def columns(self, model: Any) -> list[str]:
        """Return the columns that it says it takes."""
        return [str(name) for name in getattr(model, "feature_names_in_", ())]

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder."""
        more = {"serialization_format": "cloudpickle"} if self.name == "sklearn" else {}
        self._module().save_model(model, str(folder), **described, **more)

    def meaning(self, folder: Path) -> bytes:
        """Return the bytes of the model's own files; a library that pickles differently each time shows."""
        ours = {"MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt"}
        files = (file for file in digest_folder(folder) if file.path not in ours)
        return "\n".join(
            f"{file.path} {file.sha256}" for file in files if "example" not in file.path
        ).encode()

    def read(self, recorded: Recorded) -> Any:
        """Return the model, when the project has allowed it."""
        if not self._trust.pickle:
            raise UsageError(
                f"This {self.name} model is a pickle, which may run anything when it is loaded.",
                hint="Set [stores] allow_pickle = true in workbench.toml if you trust whoever made it.",
            )
        with recorded.copied() as folder:
            return self._module().load_model(str(folder))

    def _module(self) -> Any:
        return import_module(f"mlflow.{self.name}")
