"""What stages have committed, read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.ledger import Event, Ledger
from workbench.pipeline.fingerprint import Fingerprint

COMMITTED = "entry.committed"
REUSED = "entry.reused"
EXPLORED = "entry.explored"  # a sweep's result: found again by its fingerprint, never current
FOUND = "entry.found"  # what a sweep reuses: it does not become current by that


@dataclass(frozen=True)
class Commit:
    """One committed result of a stage."""

    position: int
    run: str
    attempt: int
    fingerprint: Fingerprint
    outputs: Mapping[str, dict[str, Any]]
    metrics: Mapping[str, float]
    seconds: float
    peak_memory_bytes: int = 0
    cells: tuple[tuple[int, float], ...] = ()


class Commits:
    """Finds committed results."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def with_digest(self, stage: str, digest: str, *, explored: bool = False) -> Commit | None:
        """Return the newest result of a stage that was made from exactly this fingerprint."""
        kinds = (COMMITTED, EXPLORED) if explored else (COMMITTED,)
        return _first(self._ledger.find(kinds=kinds, subject=stage, key=digest, newest_first=True, limit=1))

    def latest(self, stage: str) -> Commit | None:
        """Return the result that is current for a stage, whether made or reused last."""
        events = self._ledger.find(kinds=(COMMITTED, REUSED), subject=stage, newest_first=True, limit=1)
        if events and events[0].kind == REUSED:
            events = self._ledger.find(
                kinds=(COMMITTED,), subject=stage, after=events[0].data["commit"] - 1, limit=1
            )
        return _first(events)


def missing_files(outputs: Mapping[str, Mapping[str, Any]], root: Path) -> list[str]:
    """Return the names of outputs whose files are no longer where they were committed."""
    return [
        name
        for name, record in outputs.items()
        if not all((root / record["uri"] / file["path"]).exists() for file in record["files"])
    ]


def _first(events: list[Event]) -> Commit | None:
    if not events:
        return None
    event = events[0]
    return Commit(
        position=event.position,
        run=event.data["run"],
        attempt=event.data["attempt"],
        fingerprint=Fingerprint.from_dict(event.data["fingerprint"]),
        outputs=event.data["outputs"],
        metrics=event.data["metrics"],
        seconds=event.data.get("seconds", 0.0),
        peak_memory_bytes=event.data.get("peak_memory_bytes", 0),
        cells=tuple((number, seconds) for number, seconds in event.data.get("cells", [])),
    )
