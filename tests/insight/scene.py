"""A project whose ledger tells of everything that a dashboard shows, written straight into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.registry.models import MODEL, candidate, gate, make_project
from workbench.clock import ManualClock
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.monitoring.finding import Check, WindowReport
from workbench.project import Project
from workbench.registry.verdict import Verdict

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
RUN = "20260302-030000-ab12"
POLICY = "one-approval"


class Scene:
    """Writes events as the workbench writes them.

    Args:
        root: the project's folder.
        say: makes of each text what stands in the ledger, such as an attack on who shows it.
        extra: more of workbench.toml.
        project: one that is there already; made in `root` if left out.
    """

    def __init__(
        self, root: Path, say: Callable[[str], str] = str, extra: str = "", project: Project | None = None
    ) -> None:
        self.project: Project = project or make_project(root, policy=POLICY, extra=extra)
        self.clock = ManualClock(BEGIN)
        self.ledger = open_ledger(self.project.layout.ledger_url, self.clock)
        self._say = say

    def write(self, stream: str, kind: str, data: Mapping[str, Any], *, subject: str = MODEL) -> None:
        """Append one event."""
        event = NewEvent(kind, dict(data), subject=subject)
        append = Append(stream, self.ledger.version(stream), (event,))
        self.ledger.append(append, actor=self._say("ada@desk"))

    def run(self, run: str = RUN, *, outcome: str | None = "succeeded") -> None:
        """Write a run of one stage; without an outcome it goes on."""
        entry = {"name": "train", "stage": "train", "parameters": {self._say("trees"): self._say("many")}}
        started = {
            "run": run,
            "pipeline": "main",
            "request": {"pipeline": "main"},
            "entries": [entry],
            "git": {},
            "reason": self._say("asked for"),
        }
        self.write(f"run/{run}", "run.started", started, subject="main")
        attempt = {"entry": "train", "attempt": 1, "inputs": {}, "fingerprint": "f", "folder": "/nowhere"}
        self.write(f"run/{run}", "attempt.started", attempt, subject="train")
        if outcome is None:
            return
        ended = {
            "entry": "train",
            "attempt": 1,
            "outcome": outcome,
            "reason": self._say("a reason"),
            "seconds": 12.5,
            "cpu_seconds": 11.0,
            "peak_memory_bytes": 2 * 10**8,
            "error": None,
            "tracking_id": None,
            "metrics": {self._say("auc"): 0.75, "empty": None},
        }
        self.write(f"run/{run}", "attempt.ended", ended, subject="train")
        over = {"run": run, "outcome": outcome, "reason": self._say("a reason"), "seconds": 13.0}
        self.write(f"run/{run}", "run.ended", over, subject="main")

    def version(self, number: int) -> None:
        """Register a version, with a gate that it passed."""
        stream = f"model/{MODEL}"
        registered = {
            "version": number,
            "fingerprint": f"print-of-{number}",
            "output": candidate(str(number)),
            "run": RUN,
            "stage": "train",
            "metrics": {"auc": 0.75},
            "parameters": {},
            "inputs": {},
            "tracking_id": None,
        }
        self.write(stream, "version.registered", registered)
        result = {**gate("quality"), "summary": self._say("auc 0.75 is at least 0.7")}
        judged = {
            "version": number,
            "gates": [result],
            "verdict": "pass",
            "against": None,
            "data": {},
            "run": RUN,
        }
        self.write(stream, "version.evaluated", judged)

    def propose(
        self, promotion: int, version: int, alias: str = "champion", replaces: int | None = None
    ) -> None:
        """Write a wish for a promotion."""
        wish = {
            "promotion": promotion,
            "version": version,
            "alias": alias,
            "replaces": replaces,
            "policy": POLICY,
            "run": RUN,
            "reason": self._say("better by far"),
        }
        self.write(f"model/{MODEL}", "promotion.proposed", wish)

    def move(self, alias: str, before: int | None, after: int | None) -> None:
        """Move an alias."""
        moved = {"alias": alias, "before": before, "after": after, "why": "promotion", "promotion": None}
        self.write(f"model/{MODEL}", "alias.moved", {**moved, "reason": self._say("it is time")})

    def window(self, *checks: Check) -> WindowReport:
        """Write what was found in the last week."""
        now = self.clock.now()
        report = WindowReport(MODEL, now - 7 * DAY, now, now, 840, 800, reference=1, checks=checks)
        data = {"model": MODEL, "run": RUN, "report": report.to_dict()}
        self.write(f"monitoring/{MODEL}", "window.judged", data)
        return report

    def alert(self, number: int = 1) -> None:
        """Let an alert fire."""
        now = self.clock.now()
        check = Check("drift", self._say("carrier"), Verdict.FAIL, self._say("it moved"), value=0.3)
        fired = {
            "alert": f"drift-{number}",
            "rule": self._say("drift"),
            "severity": "critical",
            "model": MODEL,
            "since": (now - 7 * DAY).isoformat(),
            "until": now.isoformat(),
            "windows": 2,
            "run": RUN,
            "checks": [check.to_dict()],
            "cause": {},
        }
        self.write(f"alert/{MODEL}", "alert.fired", fired)

    def all(self) -> None:
        """Write a bit of everything: a champion, a challenger, a wish that waits, drift, an alert."""
        self.run()
        for number in (1, 2, 3):
            self.version(number)
        self.move("champion", None, 1)
        self.move("challenger", None, 2)
        share = {"version": 2, "before": 0.0, "after": 0.25, "reason": self._say("a quarter")}
        self.write(f"model/{MODEL}", "traffic.set", share)
        self.propose(1, 3, replaces=1)
        self.clock.advance(7 * DAY)
        self.window(
            Check("drift", self._say("carrier"), Verdict.FAIL, self._say("it moved"), value=0.3, limit=0.1),
            Check("drift", "distance", Verdict.PASS),
            Check("performance", "auc", Verdict.PASS, value=0.75),
            Check(
                "service", "latency", Verdict.INCONCLUSIVE, self._say("no source"), version=1, arm="champion"
            ),
        )
        self.alert()

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()
