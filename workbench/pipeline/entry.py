"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.pipeline.prepare import PreparedStage


@dataclass(frozen=True)
class Entry:
    """A stage in a run.

    Attributes:
        after: names of the entries that must have succeeded before.
        explore: the result is one of a sweep: kept and found again, but never current.
    """

    name: str
    stage: PreparedStage
    after: tuple[str, ...] = ()
    explore: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return what the ledger keeps of it."""
        return {"name": self.name, "stage": self.stage.name, "parameters": self.stage.canonical}


@dataclass(frozen=True)
class RunRequest:
    """A run that somebody wants.

    Attributes:
        words: the request as it was made, JSON-able, from which `resume` makes it again.
        reason: why the run is wanted, for people.
    """

    pipeline: str
    entries: tuple[Entry, ...]
    words: Mapping[str, Any] = field(default_factory=dict)
    force: bool = False
    reason: str = "asked for"
