"""scikit-learn estimators and pipelines by skops: state as JSON and arrays, types from our list alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import IntegrityError, UsageError
from workbench.tracking.flavours.flavour import SKOPS, Recorded, libraries, type_name
from workbench.tracking.flavours.skops_content import content_of
from workbench.tracking.trust import Trust


class Sklearn:
    """Whatever follows scikit-learn's estimators, pipelines with LightGBM or XGBoost in them included."""

    name = "sklearn"
    stored = SKOPS
    file = "model.skops"
    packages: tuple[str, ...] = ("scikit-learn", "skops", "numpy", "pandas")
    expects: Mapping[str, frozenset[str]] = {
        "pickled_model": frozenset({file}),
        "serialization_format": frozenset({"skops"}),
    }

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def takes(self, model: Any) -> bool:
        """Return whether it is a scikit-learn estimator."""
        return "sklearn" in libraries(model)

    def native(self, model: Any) -> Any:
        """Return the estimator, after a look at every type in it."""
        unknown = self._trust.unknown(_types(model))
        if unknown:
            raise UsageError(
                f"The {type(model).__name__} holds what nobody has vouched for: {', '.join(unknown)}.",
                hint="Keep it in a module of the project and, if you trust it, name it in workbench.toml: "
                f"[models.NAME] trusted = {list(unknown)}.".replace("'", '"'),
            )
        return model

    def predict(self, model: Any, rows: Any) -> Any:
        """Return values or classes."""
        return model.predict(rows)

    def columns(self, model: Any) -> list[str]:
        """Return the columns that it was fitted on."""
        return [str(name) for name in getattr(model, "feature_names_in_", ())]

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder with the skops file in it."""
        import mlflow.sklearn

        mlflow.sklearn.save_model(
            model,
            str(folder),
            serialization_format="skops",
            skops_trusted_types=[name for name in _types(model) if name in self._trust.names],
            **described,
        )

    def meaning(self, folder: Path) -> bytes:
        """Return the content of the archive, not its bytes."""
        return content_of(folder / self.file)

    def read(self, recorded: Recorded) -> Any:
        """Return the estimator; the types that `MLmodel` claims to trust are not asked."""
        import skops.io
        from skops.io.exceptions import UntrustedTypesFoundException

        content = recorded.read(self.file)
        try:
            return skops.io.loads(content, trusted=self._trust.names)
        except UntrustedTypesFoundException as error:
            unknown = self._trust.unknown(skops.io.get_untrusted_types(data=content))
            raise IntegrityError(
                f"It holds what nobody has vouched for: {', '.join(unknown)}. Nothing of it was built.",
                hint="If you trust it, name it in workbench.toml: [models.NAME] trusted = […].",
                path=self.file,
                expected="types that are on our list, or on the project's",
                got=unknown,
            ) from error
        except ImportError as error:
            raise UsageError(
                f"The model needs a module that is not to be found here: {error}",
                hint="Load it in its project, or install what it was trained with.",
            ) from error
        except Exception as error:
            raise IntegrityError(
                f"{self.file} is no model that skops has written: {error}",
                hint="Register only what stage.save has written.",
                path=self.file,
                expected="a skops file",
                got=str(error),
            ) from error


def _types(model: Any) -> list[str]:
    """Return the types in a model that skops does not trust by itself."""
    import skops.io

    try:
        return list(skops.io.get_untrusted_types(data=skops.io.dumps(model)))
    except Exception as error:
        raise UsageError(
            f"A model of type {type_name(model)} cannot be stored without pickle: {error}",
            hint="Put functions and classes of your own into a module of the project (no lambda, nothing "
            "defined in the notebook), or set [stores] allow_pickle = true, knowing what that means.",
        ) from error
