"""`/feedback`: the truth about what was predicted, at once or days later."""

from __future__ import annotations

import msgspec

from workbench.serving.app.exchange import JSON, Exchange
from workbench.serving.app.routes import Route
from workbench.serving.app.service import Service
from workbench.serving.log.encode import encode_label
from workbench.serving.metrics.names import LABELS
from workbench.serving.protocol.feedback import parse


class Labels:
    """Answers `POST /feedback`: 202 once the labels are kept.

    Args:
        service: what serves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, route: Route, exchange: Exchange) -> None:
        """Take the labels of one request."""
        service = self._service
        deployed = service.deployed(route)
        caller = await service.admit(exchange, "feedback", deployed.model)
        body = await exchange.body(service.limits.body, service.limits.seconds)
        labels = parse(exchange.headers.get(b"content-type", b""), body)
        now = service.clock.now()
        records = [
            encode_label(
                deployed.model,
                each.label,
                received=now,
                prediction_id=each.prediction_id,
                entity=each.entity,
                at=each.at,
                caller=caller,
                mask=deployed.mask,
            )
            for each in labels
        ]
        service.journal.write_labels(records)
        if service.journal.waits:
            await service.journal.durable(len(records), must=True)
        service.cells.add(LABELS.name, {"model": deployed.model, "caller": caller}, len(records))
        await exchange.answer(202, msgspec.json.encode({"accepted": len(records)}), JSON)
