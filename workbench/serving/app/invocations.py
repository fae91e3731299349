"""`/invocations`: rows in one of MLflow's formats, and MLflow's answer."""

from __future__ import annotations

from time import perf_counter

from workbench.serving.app.exchange import JSON, Exchange
from workbench.serving.app.routes import Route
from workbench.serving.app.service import Service
from workbench.serving.protocol.invocations import answer, parse
from workbench.serving.refused import Refused

_LONGEST_ENTITY = 500


class Invocations:
    """Answers `POST /invocations`.

    Args:
        service: what serves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, route: Route, exchange: Exchange) -> None:
        """Answer one request."""
        service = self._service
        deployed = route.deployed or service.deployed(route)
        headers = exchange.headers
        caller = exchange.caller = await service.gate.admit(
            headers.get(b"authorization"), "predict", deployed.model
        )
        body = await exchange.body(service.limits.body, service.limits.seconds)
        batch = parse(headers.get(b"content-type", b""), body, deployed.entity)
        predicted = await service.predictor.predict(
            deployed, route.arm, batch, caller=caller, began=exchange.began, entity=entity_of(headers)
        )
        content = answer(predicted.predictions)
        await exchange.answer(200, content, JSON, *predicted.headers())
        service.predictor.count(predicted, caller, perf_counter() - exchange.began)


def entity_of(headers: dict[bytes, bytes]) -> str | None:
    """Return what the header `x-entity` says.

    Raises:
        Refused: 400, it is empty, too long, or no UTF-8.
    """
    given = headers.get(b"x-entity")
    if given is None:
        return None
    try:
        entity = given.decode()
    except UnicodeDecodeError:
        entity = ""
    if not entity or len(entity) > _LONGEST_ENTITY:
        message = f"The header x-entity must be 1 to {_LONGEST_ENTITY} characters of UTF-8."
        raise Refused(400, "bad_entity", message)
    return entity
