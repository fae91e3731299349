"""Where an entry stands while its run is being driven."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.pipeline.outcome import Outcome


@dataclass
class Progress:
    """Where an entry stands."""

    attempts: int = 0
    tries: int = 0
    lost: int = 0
    outcome: Outcome | None = None
    reason: str = ""
    ready_at: float = 0.0
    running: bool = False
