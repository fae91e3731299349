"""Runs as a ledger tells them, written straight into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.projects import notebook, write_project
from workbench.access import Person, Role
from workbench.clock import ManualClock
from workbench.insight import Store
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.project import load_project

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
PARAMETERS = """
from datetime import date
from typing import Annotated, Literal
from workbench.parameters import Gt, Le
rate: Annotated[float, Gt(0), Le(1)] = 0.05  # shrinkage
kind: Literal["plain", "fancy"] = "plain"
until: date = date(2013, 2, 28)
seed: int | None = None
quick: bool = True
"""


def person(role: Role | None, name: str = "ada") -> Person:
    """Return somebody of a role; None: theirs was taken away."""
    return Person(name, role or Role.VIEWER, f"{name}@dashboards", standing=lambda: role)


VIEWER, SCIENTIST, NOBODY = person(Role.VIEWER), person(Role.SCIENTIST), person(None)


class Past:
    """A project of two stages with whatever runs are written."""

    def __init__(self, root: Path) -> None:
        stages = {
            "train": {
                "notebook": notebook("import workbench as wb", parameters=PARAMETERS),
                "outputs": ["m"],
            },
            "evaluate": {"notebook": notebook("import workbench as wb"), "inputs": ["m"]},
        }
        self.project = load_project(write_project(root, stages))
        self.clock = ManualClock(BEGIN)
        self.ledger = open_ledger(self.project.layout.ledger_url, self.clock)
        self.store = Store(self.project, self.clock, every=0.0, patience=20.0)

    def run(
        self,
        run: str,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        metrics: Mapping[str, Mapping[str, float]] | None = None,
        *,
        pipeline: str = "main",
        outcome: str | None = "succeeded",
        stages: Mapping[str, str] | None = None,
        reason: str = "asked for",
        actor: str = "ada@desk",
        after: timedelta = timedelta(days=1),
    ) -> str:
        """Write a run, and let some time go by; `stages` are its entries' stages by name."""
        stages = stages or {"train": "train", "evaluate": "evaluate"}
        entries = [
            {"name": name, "stage": stage, "parameters": dict((parameters or {}).get(name, {}))}
            for name, stage in stages.items()
        ]
        started = {
            "run": run,
            "pipeline": pipeline,
            "request": {},
            "git": {"commit": "c" * 40, "dirty": True},
            "reason": reason,
            "entries": entries,
        }
        events = [NewEvent("run.started", started)]
        for name in stages:
            folder = str(self.project.layout.attempt(run, name, 1))
            began = {"entry": name, "attempt": 1, "inputs": {}, "fingerprint": "f", "folder": folder}
            events.append(NewEvent("attempt.started", began))
            if outcome is not None:
                events.append(NewEvent("attempt.ended", _ended(name, outcome, (metrics or {}).get(name, {}))))
        if outcome is not None:
            over = {"run": run, "outcome": outcome, "reason": "", "seconds": 13.0}
            events.append(NewEvent("run.ended", over))
        self.ledger.append(Append(f"run/{run}", 0, tuple(events)), actor=actor)
        self.clock.advance(after)
        self.store.refresh()
        return run

    def file(self, run: str, entry: str, name: str, content: str | bytes) -> None:
        """Put a file into an attempt's folder."""
        path = self.project.layout.attempt(run, entry, 1) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def close(self) -> None:
        """Let go of the ledger."""
        self.store.close()
        self.ledger.close()


def _ended(entry: str, outcome: str, metrics: Mapping[str, float]) -> dict[str, Any]:
    return {
        "entry": entry,
        "attempt": 1,
        "outcome": outcome,
        "reason": "",
        "seconds": 12.5,
        "cpu_seconds": 11.0,
        "peak_memory_bytes": 2 * 10**8,
        "error": None,
        "tracking_id": None,
        "metrics": dict(metrics),
    }
