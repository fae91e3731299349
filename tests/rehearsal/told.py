"""A model's spring, short enough for a test: alerts, trainings, a refusal, promotions, a rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.registry.models import MODEL, gate, make_project
from tests.serving.model.models import registered, version_of
from tests.serving.replay.answered import booster, table
from workbench.clock import ManualClock
from workbench.ledger import Append, Ledger, NewEvent
from workbench.monitoring.alerts import consider
from workbench.monitoring.finding import Check, WindowReport
from workbench.registry import Registry, read_model
from workbench.registry.decision import write_decision
from workbench.registry.projection import Projection
from workbench.registry.registration import evaluate
from workbench.registry.shown import MemoryModels
from workbench.registry.verdict import Verdict
from workbench.serving.batch import Batch
from workbench.serving.log import LogPlace, RequestIds, RowEncoder, Spool, encode_label
from workbench.serving.model import load_served
from workbench.workspace import Workspace

BEGIN = datetime(2013, 3, 4, tzinfo=UTC)  # a Monday
QUALITY = '[models.delay.gates]\nquality = { metric = "auc", at_least = 0.7 }'
JUDGE = "workbench judge"
ALERTS = """
[alerts.drift]
model = "delay"
on = ["drift"]

[alerts.performance]
model = "delay"
on = ["performance"]
"""
DAY = timedelta(days=1)


class Told:
    """A project whose model is answered for, labelled and talked about, on a clock of its own.

    Attributes:
        truth: the carrier that is late; what the first version has learnt, at first.
    """

    def __init__(self, root: Path) -> None:
        self.project = make_project(root, gates=QUALITY, extra=ALERTS)
        self.clock = ManualClock(BEGIN)
        self.workspace = Workspace(self.project, self.clock)
        self.registry = Registry(
            self.project, self.ledger, Projection(self.ledger, MemoryModels(), root / ".workbench")
        )
        self.spool = Spool(LogPlace(self.project.layout.state).spool)
        self.ids = RequestIds(self.clock)
        self.truth = "AA"
        self._runs = 0
        self._random = np.random.default_rng(7)

    @property
    def ledger(self) -> Ledger:
        return self.workspace.ledger

    def close(self) -> None:
        self.spool.close()
        self.workspace.close()

    def at(self, day: int) -> None:
        """Move the clock on to six in the morning of a day, counted from the first."""
        self.clock.advance(BEGIN + day * DAY + timedelta(hours=6) - self.clock.now())

    def write(self, stream: str, kind: str, data: Mapping[str, Any], actor: str = "ada@lab") -> None:
        """Append one event."""
        new = NewEvent(kind, dict(data), subject=MODEL)
        self.ledger.append(Append(stream, self.ledger.version(stream), (new,)), actor=actor)

    def train(
        self, carrier: str, *, passes: bool = True, outcome: str = "succeeded", because: str = ""
    ) -> int:
        """Train a version in a run of its own, and let the gate judge it."""
        self._runs += 1
        run = f"{self.clock.now():%Y%m%d-%H%M%S}-{self._runs:04d}"
        if because:
            data = {"trigger": "retrain", "because": because, "pipeline": "main", "run": run}
            self.write("trigger/retrain", "trigger.fired", data, "workbench schedule")
        entries: list[dict[str, Any]] = [
            {"name": name, "stage": name, "parameters": {}} for name in ("train", "evaluate")
        ]
        started = {"run": run, "pipeline": "main", "request": {"pipeline": "main"}, "entries": entries}
        self.write(f"run/{run}", "run.started", {**started, "git": {}, "reason": "asked for"})
        model = version_of(self.project, booster(self._runs, carrier), table(5, 9), self._runs)
        number = registered(self.project, model, run=run, clock=self.clock)
        print_ = read_model(self.ledger, MODEL).find(number).fingerprint
        result = gate("quality") if passes else gate("quality", "fail", summary="auc 0.502 is below 0.7")
        write_decision(
            self.ledger,
            MODEL,
            lambda state: evaluate(state, print_, [result], against=None, data={}, run=run),
            actor="ada@lab",
        )
        outcome = outcome if passes else "rejected"
        self.write(f"run/{run}", "run.ended", {"outcome": outcome, "reason": "quality", "seconds": 1.0})
        return number

    def look(self, **found: Sequence[str]) -> None:
        """Look at the last week: which checks of a kind failed, all of it passed where none did."""
        now = self.clock.now()
        checks = [
            Check(kind, name, Verdict.FAIL, f"{name} moved", value=0.2 + len(name) / 100, limit=0.1)
            for kind, names in found.items()
            for name in names
        ]
        checks += [Check(kind, "all", Verdict.PASS) for kind, names in found.items() if not names]
        report = WindowReport(MODEL, now - 7 * DAY, now, now, 840, 840, checks=tuple(checks))
        consider(self.project, self.ledger, report, run="", now=now)

    def answer(
        self, days: int, version: int, *, rows: int = 120, arm: str = "champion", labels: bool = True
    ) -> None:
        """Let a version answer so many rows on each of some days, and tell their truth a day later."""
        found = read_model(self.ledger, MODEL).find(version)
        served = load_served(found, self.project)
        encoder = RowEncoder(MODEL, version, served.columns, None)
        for _ in range(days):
            data = table(rows, int(self._random.integers(1 << 30))).astype(
                {"carrier": object, "terminal": object}
            )
            batch = Batch(list(data.columns), [list(row) for row in data.itertuples(index=False, name=None)])
            scored = served.score(batch)
            request, at = self.ids.next()
            self.spool.append(
                encoder.encode(
                    request, at, arm, "tester", 7, None, list(scored.predictions), list(scored.values)
                )
            )
            chance = np.where((data["carrier"] == self.truth) | (data["terminal"] == 2), 0.85, 0.1)
            late = self._random.random(rows) < np.clip(chance + self._random.normal(0, 0.08), 0.02, 0.98)
            self.clock.advance(DAY)
            for place, truth in enumerate(late if labels else ()):
                self.spool.append(
                    encode_label(
                        MODEL, bool(truth), received=self.clock.now(), prediction_id=f"{request}-{place}"
                    )
                )


def spring(root: Path) -> Told:
    """Return a project with nine weeks behind it.

    The first version knows that AA is late; from the third week on it is B6 instead. A version that learnt
    from shuffled labels is refused, the next is tried and promoted, a third is rolled back, and somebody
    decides something by hand.
    """
    told = Told(root)
    told.train("AA")
    told.registry.promote(MODEL, 1, reason="the first", actor="ada@lab")
    told.answer(14, 1)
    told.truth = "B6"
    told.answer(7, 1)
    told.look(drift=("carrier", "terminal"))
    told.train("UA", passes=False, because="alert drift-1 fired")
    told.answer(3, 1)
    second = told.train("B6", because="alert drift-1 fired")
    told.registry.promote(MODEL, second, alias="challenger", share=0.25, reason="tried", actor=JUDGE)
    told.answer(6, 1)
    told.answer(1, second, arm="challenger")
    told.registry.promote(MODEL, second, reason="no worse than version 1 by more than 0.003", actor=JUDGE)
    told.look(drift=())
    told.answer(14, second)
    told.look(performance=("terminal=2 auc",))
    told.clock.advance(4 * DAY)
    told.look(performance=())
    third = told.train("AA", because="four weeks passed")
    told.registry.promote(MODEL, third, alias="challenger", share=0.05, reason="tried", actor=JUDGE)
    told.answer(6, second)
    told.registry.rollback(MODEL, reason="worse by 0.04 log loss", actor=JUDGE)
    told.answer(7, second)
    told.registry.rollback(MODEL, reason="the desk does not trust it", actor="bob@desk")
    told.answer(5, 1)
    return told
