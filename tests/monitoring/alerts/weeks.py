"""A project with rules, and weeks of its model that are looked at one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.clock import ManualClock
from workbench.ledger import Append, Ledger, NewEvent
from workbench.monitoring.alerts import Alert, AlertChange, ModelAlerts, consider, read_alerts
from workbench.monitoring.finding import Check, WindowReport
from workbench.project import Project, load_project
from workbench.registry.verdict import Verdict

MODEL = "delay"
WEEK = timedelta(days=7)
_HEAD = """
[project]
name = "shop"
[stages.train]
notebook = "train.ipynb"
outputs = ["candidate"]
[models.delay]
task = "binary"
target = "late"
metric = "log_loss"
trained_by = "train"
"""


def write_rules(root: Path, rules: str) -> Project:
    """Write and load a project with the model `delay` and these rules and channels."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "train.ipynb").touch()
    (root / "workbench.toml").write_text(f"{_HEAD}\n{rules}", encoding="utf-8")
    return load_project(root)


def drift(name: str, verdict: str = "fail", **more: Any) -> Check:
    """Return what a column was found to be."""
    value = {"fail": 0.4, "pass": 0.01}.get(verdict)
    facts = {"value": value, "limit": 0.1, "method": "wasserstein", **more}
    return Check("drift", name, Verdict(verdict), **facts)


def report(until: datetime, *checks: Check, model: str = MODEL) -> WindowReport:
    """Return what was found in the week before a moment."""
    return WindowReport(
        model=model, since=until - WEEK, until=until, at=until, rows=1000, labelled=900, checks=checks
    )


class Weeks:
    """Looks at one week after the other, as `workbench monitor` does."""

    def __init__(self, project: Project, ledger: Ledger, clock: ManualClock) -> None:
        self.project = project
        self.ledger = ledger
        self.clock = clock
        self._number = 0

    @property
    def state(self) -> ModelAlerts:
        """The model's alerts as they are now."""
        return read_alerts(self.ledger, MODEL)

    def alert(self, name: str) -> Alert:
        """Return one alert as it is now."""
        return self.state.alerts[name]

    def look(self, *checks: Check, again: bool = False, run: str = "") -> tuple[AlertChange, ...]:
        """Let a week pass, look at it and consider it; `again` looks at the last one once more."""
        if not again:
            self.clock.advance(WEEK)
            self._number += 1
        found = report(self.clock.now(), *checks)
        self.record(found, run)
        return consider(self.project, self.ledger, found, run=run, now=self.clock.now())

    def week(self, **verdicts: str) -> list[str]:
        """Look at a week in which columns were found so; return `RULE-NUMBER what` of each change."""
        return told(self.look(*(drift(name, verdict) for name, verdict in verdicts.items())))

    def record(self, found: WindowReport, run: str = "") -> None:
        """Write what was found, as the monitor stage's commit does."""
        data: Mapping[str, Any] = {"model": found.model, "run": run, "report": found.to_dict()}
        stream = f"monitoring/{found.model}"
        event = NewEvent("window.judged", data, subject=found.model)
        self.ledger.append(Append(stream, self.ledger.version(stream), (event,)))


def told(changes: tuple[AlertChange, ...]) -> list[str]:
    """Return changes as `RULE-NUMBER what`."""
    return [f"{change.alert.id} {change.what}" for change in changes]
