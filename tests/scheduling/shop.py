"""A project whose pipeline writes down that it ran."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.projects import notebook, write_project
from workbench.ledger import Append, NewEvent
from workbench.scheduling import Claim, Scheduler
from workbench.workspace import Workspace

START = datetime(2013, 1, 1, tzinfo=UTC)
DAY = "from datetime import date\nday: date = date(2013, 1, 1)\ncode: str = 'first'"
COUNT = """
with open({path!r}, "a") as stream:
    print(day, code, file=stream)
stage.save("counted", {{"day": str(day)}})
"""
MODEL = """
[models.churn]
task = "binary"
target = "left"
metric = "log_loss"
trained_by = "count"
"""
_PATIENCE = 90
NIGHTLY = '[schedules.nightly]\ncron = "0 3 * * *"\npipeline = "main"\n'


def write_shop(root: Path, extra: str = "", **changes: Any) -> Path:
    """Write a project with the pipeline `main`, whose stage `count` adds a line to `counted.txt`."""
    count = COUNT.format(path=str(root / "counted.txt"))
    content = notebook("import workbench as wb\nstage = wb.stage('count')", count, parameters=DAY)
    stage = {"notebook": content, "outputs": ["counted"], **changes}
    return write_project(root, {"count": stage}, extra=f"{MODEL}\n{extra}")


def counted(root: Path) -> list[str]:
    """Return the lines that the project's runs have written."""
    path = root / "counted.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def until(condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds, and return what it returned."""
    limit = time.monotonic() + _PATIENCE
    while not (found := condition()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return found


def kinds(workspace: Workspace, stream: str) -> list[str]:
    """Return what has happened in a stream, the oldest first."""
    return [event.kind for event in workspace.ledger.read(stream)]


class Starts:
    """Takes claims instead of a process that does them, and ends them as told."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.claims: dict[str, Claim] = {}
        self.scheduler = Scheduler(workspace, start=self._start)

    def tick(self) -> list[Claim]:
        """Return what a tick has started that no tick had started before."""
        before = set(self.claims)
        self.scheduler.tick()
        return [claim for run, claim in self.claims.items() if run not in before]

    def run_through(self, claim: Claim, outcome: str = "succeeded") -> None:
        """Write what a run of the claim would write, to its end unless there is no outcome."""
        begun = {
            **{"run": claim.run, "pipeline": claim.target, "reason": claim.reason, "request": {}},
            **{"entries": [], "git": {}, "executor": "local", "host": "here", "pid": 1},
        }
        ended = {"run": claim.run, "outcome": outcome, "reason": "", "seconds": 1.0}
        events = (NewEvent("run.started", begun, claim.target), NewEvent("run.ended", ended, claim.target))
        self.workspace.ledger.append(Append(f"run/{claim.run}", 0, events if outcome else events[:1]))

    def _start(self, claim: Claim) -> bool:
        new = claim.run not in self.claims
        self.claims[claim.run] = claim
        return new
