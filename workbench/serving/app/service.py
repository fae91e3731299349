"""What the handlers of a worker share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.serving.app.standing import Standing

if TYPE_CHECKING:
    from workbench.clock import Clock
    from workbench.serving.app.exchange import Exchange
    from workbench.serving.app.gate import Gate
    from workbench.serving.app.journal import Journal
    from workbench.serving.app.predict import Predictor
    from workbench.serving.app.routes import Route
    from workbench.serving.app.standing import Deployed
    from workbench.serving.metrics.cells import Cells


@dataclass(slots=True, frozen=True)
class Limits:
    """What one request may ask for.

    Attributes:
        body: bytes of it.
        seconds: for its body to arrive, and for scoring it.
    """

    body: int
    seconds: float


@dataclass(slots=True)
class Service:
    """What the handlers of a worker share.

    Attributes:
        counted: the folder in which all processes of the service count.
        clock: tells project time.
        standing: what serves now.
        stopping: whether the worker is about to end, and wants no new callers.
    """

    limits: Limits
    gate: Gate
    predictor: Predictor
    journal: Journal
    cells: Cells
    counted: Path
    clock: Clock
    standing: Standing = field(default_factory=Standing)
    stopping: bool = False

    async def admit(self, exchange: Exchange, scope: str, model: str | None = None) -> str:
        """Let a caller in, and remember who it is."""
        exchange.caller = await self.gate.admit(exchange.headers.get(b"authorization"), scope, model)
        return exchange.caller

    def deployed(self, route: Route) -> Deployed:
        """Return the model that a path means.

        Raises:
            Refused: 404, the path names none and several serve; 503, none serves yet.
        """
        from workbench.serving.app.routes import which_model

        if route.deployed is None:
            raise which_model(self.standing)
        return route.deployed
