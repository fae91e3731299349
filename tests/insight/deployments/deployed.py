"""A model with versions, decisions and judgements in a real ledger, and the people who look and decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.registry.models import MODEL, Runs, make_project
from workbench.access import Person, Role
from workbench.clock import ManualClock
from workbench.insight import Store
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.monitoring.judgement import JUDGED, Judgement, stream_of
from workbench.project import Project

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)

VIEWER = Person("vic", Role.VIEWER, "vic@dashboards")
SCIENTIST = Person("sue", Role.SCIENTIST, "sue@dashboards")
APPROVER = Person("ann", Role.APPROVER, "ann@dashboards")
OPERATOR = Person("oda", Role.OPERATOR, "oda@dashboards")


class Deployed:
    """Plays the runner and the judge of a small shop.

    Args:
        root: the project's folder.
        policy: of its model's promotions.
        project: what is there already; a new one when None.
    """

    def __init__(self, root: Path, policy: str = "one-approval", project: Project | None = None) -> None:
        self.project = project or make_project(root, policy=policy)
        self.clock = ManualClock(START)
        self.ledger = open_ledger(self.project.layout.ledger_url, self.clock)
        self.runs = Runs(self.project, self.ledger)
        self.store = Store(self.project, self.clock, every=0.0, patience=20)

    def candidate(self, name: str, **verdicts: str) -> None:
        """Let a run train a version, judge it, and ask for its promotion where its gates passed."""
        from tests.registry.models import gates

        self.runs.train(name)
        self.runs.evaluate(name, gates(**verdicts))
        if not verdicts:
            self.runs.promote(name)
        self.clock.advance(DAY)
        self.look()

    def judged(self, version: int, against: int, verdict: str, **numbers: float | None) -> None:
        """Write a judgement of a challenger."""
        told = Judgement(
            model=MODEL,
            version=version,
            against=against,
            verdict=verdict,
            metric="log_loss",
            mean=numbers.get("mean", -0.01),
            lower=numbers.get("lower"),
            upper=numbers.get("upper"),
            margin=0.005,
            blocks=12,
            rows=1200,
            action="none",
            share=0.1,
            guardrails=(),
            reason="as it looks",
        )
        stream = stream_of(MODEL)
        event = NewEvent(JUDGED, told.to_dict(), subject=MODEL, key=str(version))
        self.ledger.append(Append(stream, self.ledger.version(stream), (event,)), actor="workbench judge")
        self.clock.advance(DAY)
        self.look()

    def look(self) -> None:
        """Let the store see what was written."""
        self.store.refresh(wait=20)

    def close(self) -> None:
        """Let go of everything."""
        self.store.close()
        self.ledger.close()
