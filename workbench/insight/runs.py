"""Runs in brief: what a table of ten thousand of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.pipeline.outcome import Outcome

RUNNING = "running"


@dataclass(frozen=True)
class StageSummary:
    """An entry of a run in brief.

    Attributes:
        name: the entry's; of a sweep's, the stage's with the combination.
        outcome: None while it waits or runs.
        seconds: of its last attempt; None before it ended.
        cpu_seconds, peak_memory_bytes: of its last attempt, where they were measured.
        attempts: how many there were.
    """

    name: str
    stage: str
    outcome: Outcome | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    attempts: int = 0


@dataclass(frozen=True)
class RunSummary:
    """A run in brief; what is left out here, `Store.run_state` reads.

    Attributes:
        outcome: None while it runs.
        started: project time.
        seconds: None while it runs.
        reason: why it ended as it did.
        because: why it was wanted.
        stages: its entries, by name, in their order.
        metrics: of all entries, as `ENTRY/NAME`.
        parameters: of all entries, as `ENTRY.NAME`.
    """

    id: str
    pipeline: str
    started: datetime
    actor: str
    because: str
    outcome: Outcome | None = None
    seconds: float | None = None
    reason: str = ""
    stages: Mapping[str, StageSummary] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """In one word how it stands: an outcome, or `running`."""
        return self.outcome.value if self.outcome else RUNNING
