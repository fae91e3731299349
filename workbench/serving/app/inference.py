"""`/v2`: the Open Inference Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from workbench.serving.app.exchange import JSON, Exchange
from workbench.serving.app.invocations import entity_of
from workbench.serving.app.routes import Route
from workbench.serving.app.service import Service
from workbench.serving.app.standing import Arm
from workbench.serving.protocol import v2

_BINARY = (b"content-type", v2.BINARY)


class Inference:
    """Answers what lies under `/v2`.

    Args:
        service: what serves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def server(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002 - a handler's signature
        """Answer what the server is."""
        await exchange.answer(200, v2.server_metadata(), JSON)

    async def live(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer that the server lives."""
        await exchange.answer(200, v2.LIVE, JSON)

    async def ready(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer whether the server takes requests."""
        ready = not self._service.stopping
        await exchange.answer(200 if ready else 503, v2.server_ready(ready), JSON)

    async def model_ready(self, route: Route, exchange: Exchange) -> None:
        """Answer whether a model takes requests."""
        deployed = self._service.deployed(route)
        ready = not self._service.stopping
        await exchange.answer(200 if ready else 503, v2.model_ready(deployed.model, ready), JSON)

    async def model(self, route: Route, exchange: Exchange) -> None:
        """Answer what tensors a model takes and gives."""
        deployed = self._service.deployed(route)
        arm = route.arm or deployed.champion
        versions = sorted(deployed.arms)
        columns = arm.served.columns
        content = v2.model_metadata(deployed.model, versions, arm.platform, columns, _predictions(arm))
        await exchange.answer(200, content, JSON)

    async def infer(self, route: Route, exchange: Exchange) -> None:
        """Answer one inference."""
        service = self._service
        deployed = service.deployed(route)
        headers = exchange.headers
        caller = await service.admit(exchange, "predict", deployed.model)
        body = await exchange.body(service.limits.body, service.limits.seconds)
        arm = route.arm or deployed.champion
        asked = v2.parse(body, headers.get(v2.HEADER_LENGTH), deployed.entity, arm.served.columns)
        predicted = await service.predictor.predict(
            deployed,
            route.arm,
            asked.batch,
            caller=caller,
            began=exchange.began,
            entity=entity_of(headers),
        )
        parameters = {"prediction_id": predicted.prediction_id, "request_id": predicted.request,
                      "version": predicted.version, "arm": predicted.arm}  # fmt: skip
        content, length = v2.answer(
            asked,
            predicted.predictions,
            model=deployed.model,
            version=predicted.version,
            parameters=parameters,
        )
        further = predicted.headers()
        if length is None:
            await exchange.answer(200, content, JSON, *further)
        else:
            split = (v2.HEADER_LENGTH, b"%d" % length)
            await exchange.answer(200, content, _BINARY, split, *further)
        service.predictor.count(predicted, caller, perf_counter() - exchange.began)


def _predictions(arm: Arm) -> Sequence[Any]:
    """Return what a version predicts for its own example, which tells what it gives."""
    example = arm.served.example
    if example is None:
        return [0.0]
    found: Sequence[Any] = arm.served.score(example).predictions
    return found
