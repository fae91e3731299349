"""Shows model versions and aliases in MLflow's registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.place import located
from workbench.errors import TrackingError
from workbench.registry.mlflow_tables import NUMBER_TAG, VERDICT_TAG, read_tables
from workbench.registry.shown import UNJUDGED, Shown
from workbench.registry.version import ALIASES, Version
from workbench.tracking.store import essence, open_client

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient
_NOTE = (
    "Shows what the workbench's ledger says: an alias moved here by hand is put back. See `workbench models`."
)


class MlflowModels:
    """MLflow's registry, opened at its first use.

    MLflow numbers versions by itself; the tag `workbench.version` says which of the ledger's one is.
    Where two machines showed the same version at once, the lower MLflow number is the one that counts.
    """

    def __init__(self, tracking_uri: str, artifacts_uri: str, root: Path) -> None:
        self._root = root
        self._tracking_uri = tracking_uri
        self._artifacts_uri = artifacts_uri

    @cached_property
    def _client(self) -> MlflowClient:
        return open_client(self._tracking_uri, self._artifacts_uri)

    def look(self, model: str) -> Shown:
        """Return the versions and aliases that MLflow holds, from its tables where that can be."""
        quick = read_tables(self._tracking_uri, model)
        if quick is not None:
            return quick
        with _explained():
            if not self._exists(model):
                return Shown()
            ours = self._ours(model)
            aliases = self._client.get_registered_model(model).aliases
        by_theirs = {str(entity.version): number for number, entity in ours.items()}
        return Shown(
            {number: entity.tags.get(VERDICT_TAG, UNJUDGED) for number, entity in ours.items()},
            {alias: by_theirs.get(str(aliases[alias])) for alias in ALIASES if alias in aliases},
        )

    def show(self, version: Version) -> None:
        """Create the version, and the registered model before the first."""
        with _explained():
            self._make(version.model)
            self._client.create_model_version(
                version.model,
                located(version.output, self._root)["uri"],
                run_id=version.tracking_id or None,
                tags=_tags(version),
                description=f"Version {version.number}: stage {version.stage} in run {version.run}.",
                await_creation_for=0,
            )

    def judge(self, model: str, number: int, verdict: str) -> None:
        """Set the verdict's tag."""
        with _explained():
            theirs = str(self._ours(model)[number].version)
            self._client.set_model_version_tag(model, theirs, VERDICT_TAG, verdict)

    def point(self, model: str, alias: str, number: int | None) -> None:
        """Set or delete an alias."""
        with _explained():
            if number is None:
                self._client.delete_registered_model_alias(model, alias)
            else:
                theirs = str(self._ours(model)[number].version)
                self._client.set_registered_model_alias(model, alias, theirs)

    def _make(self, model: str) -> None:
        from mlflow.exceptions import MlflowException

        if self._exists(model):
            return
        try:
            self._client.create_registered_model(model, description=_NOTE)
        except MlflowException:
            if not self._exists(model):  # else another process was first
                raise

    def _exists(self, model: str) -> bool:
        return bool(self._client.search_registered_models(f"name = '{model}'", max_results=1))

    def _ours(self, model: str) -> dict[int, ModelVersion]:
        found: dict[int, Any] = {}
        for entity in sorted(self._entities(model), key=lambda e: int(e.version), reverse=True):
            number = entity.tags.get(NUMBER_TAG, "")
            if number.isdigit():
                found[int(number)] = entity
        return found

    def _entities(self, model: str) -> Iterator[Any]:
        token = None
        while True:
            page = self._client.search_model_versions(f"name = '{model}'", max_results=1000, page_token=token)
            yield from page
            token = page.token
            if not token:
                return


def _tags(version: Version) -> dict[str, str]:
    return {
        NUMBER_TAG: str(version.number),
        "workbench.fingerprint": version.fingerprint,
        "workbench.run": version.run,
        "workbench.stage": version.stage,
    }


@contextmanager
def _explained() -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise TrackingError(
            f"MLflow's registry refused: {essence(error)}",
            hint="The ledger holds the truth; the next run brings MLflow to it.",
        ) from error
