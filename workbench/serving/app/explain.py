"""`/explain`: what each column contributed to a row's score."""

from __future__ import annotations

from functools import partial

import msgspec

from workbench.serving.app.exchange import JSON, Exchange
from workbench.serving.app.predict import aside
from workbench.serving.app.routes import Route
from workbench.serving.app.service import Service
from workbench.serving.protocol.invocations import parse


class Explain:
    """Answers `POST /explain`; the rows come as for `/invocations`, and are not logged.

    Args:
        service: what serves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, route: Route, exchange: Exchange) -> None:
        """Answer one request; the champion explains unless the path names a version."""
        service = self._service
        deployed = service.deployed(route)
        await service.admit(exchange, "explain", deployed.model)
        body = await exchange.body(service.limits.body, service.limits.seconds)
        arm = route.arm or deployed.champion
        content_type = exchange.headers.get(b"content-type", b"")
        batch = parse(content_type, body, deployed.entity)
        found = await aside(partial(arm.served.explain, batch), service.limits.seconds)
        content = msgspec.json.encode({"model": arm.model, "version": arm.version, "explanations": found})
        await exchange.answer(200, content, JSON, *arm.headers)
