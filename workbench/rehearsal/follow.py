"""Waits until a service serves what the ledger says: a replayed day is too short for what takes a second."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from workbench.registry.model import read_model, stream_of
from workbench.serving.metrics.names import SHARE

if TYPE_CHECKING:
    from workbench.rehearsal.service import Service
    from workbench.workspace import Workspace

_PATIENCE = 20.0
_PAUSE = 0.05


class Follower:
    """Compares what serves with what should.

    Args:
        workspace: the project's.
        model: what is served.
        service: that serves it.
    """

    def __init__(self, workspace: Workspace, model: str, service: Service) -> None:
        self._workspace, self._model, self._service = workspace, model, service
        self._version = workspace.ledger.version(stream_of(model))

    def follow(self) -> str:
        """Wait until callers meet what was decided last; return, in words, what they still do not meet."""
        version = self._workspace.ledger.version(stream_of(self._model))
        if version == self._version:
            return ""
        self._version = version
        deployment = read_model(self._workspace.ledger, self._model).deployment
        shares = {("champion", deployment.champion): 1.0 - deployment.share}
        if deployment.challenger is not None:
            shares["challenger", deployment.challenger] = deployment.share
        until = time.monotonic() + _PATIENCE
        while (serves := self._serves()) != {**serves, **shares} or _others(serves, shares):
            if time.monotonic() > until:
                return f"After {_PATIENCE:g} s the service still does not serve what was decided."
            time.sleep(_PAUSE)
        return ""

    def _serves(self) -> dict[tuple[str, int | None], float]:
        from prometheus_client.parser import text_string_to_metric_families

        connection = HTTPConnection(self._service.host, self._service.port, timeout=_PATIENCE)
        try:
            connection.request("GET", "/metrics")
            page = connection.getresponse().read().decode()
        except (OSError, HTTPException):
            return {}
        finally:
            connection.close()
        shares = (family for family in text_string_to_metric_families(page) if family.name == SHARE.name)
        return {
            (sample.labels["arm"], int(sample.labels["version"])): sample.value
            for family in shares
            for sample in family.samples
            if sample.labels["model"] == self._model and sample.labels["arm"] != "shadow"
        }


def _others(serves: dict[tuple[str, int | None], float], shares: dict[tuple[str, int | None], float]) -> bool:
    return any(value > 0 for key, value in serves.items() if key not in shares)
