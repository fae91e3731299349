"""Holds a window against the rules: which alerts fire, go on firing, or are resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from workbench.errors import ConflictError
from workbench.ledger import Append, NewEvent
from workbench.monitoring.alerts.alert import Alert, wants
from workbench.monitoring.alerts.cause import brief, cause_of
from workbench.monitoring.alerts.change import FIRED, REPEATED, RESOLVED, AlertChange, stream_of
from workbench.monitoring.alerts.look import Look, looks
from workbench.monitoring.alerts.state import ModelAlerts, read_alerts
from workbench.monitoring.finding import Check, WindowReport
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project
    from workbench.project.automation import AlertConfig

ACTOR = "workbench monitor"
_TRIES = 50  # each lost try means that somebody else's write went through


def consider(
    project: Project, ledger: Ledger, report: WindowReport, *, run: str, now: datetime
) -> tuple[AlertChange, ...]:
    """Hold a window, which was just looked at, against the rules of its model, and write what follows.

    A rule fires when as many windows in a row failed as it asks for; it is resolved when as many passed.
    Windows that could not be judged neither add to a row nor end it. The same window considered twice
    changes nothing, nor does one that ended before another that was looked at already, nor one that has
    not ended yet.

    Args:
        project: its rules.
        ledger: keeps the alerts, and the windows that were looked at before.
        report: what was found in the window.
        run: the run whose notebook found it; empty when none did.
        now: project time.

    Returns:
        What has happened to alerts, in the order of the rules.

    Raises:
        ConflictError: others were first every time.
    """
    seen = [look for look in looks(ledger, report, run) if look.until <= now]
    if not seen or seen[0].until != report.until:
        return ()
    considered = _Considered(project, ledger, report, run, now, seen)
    for last in range(_TRIES, 0, -1):
        state = read_alerts(ledger, report.model)
        events = tuple(considered.events(state))
        if not events:
            return ()
        try:
            written = ledger.append(Append(stream_of(report.model), state.version, events), actor=ACTOR)
        except ConflictError:
            if last == 1:
                raise
            continue
        state.take(written)
        return tuple(AlertChange(event.kind, state.alerts[event.data["alert"]]) for event in written)
    raise AssertionError("unreachable: the last try returns or raises")


@dataclass(frozen=True)
class _Considered:
    """A window on the desk, with those before it."""

    project: Project
    ledger: Ledger
    report: WindowReport
    run: str
    now: datetime
    seen: Sequence[Look]  # the newest first

    def events(self, state: ModelAlerts) -> Iterator[NewEvent]:
        """Yield what follows for each rule of the model, and for alerts whose rule is gone."""
        rules = {
            rule.name: rule for rule in self.project.config.alerts.values() if rule.model == self.report.model
        }
        for rule in rules.values():
            last = state.last(rule.name)
            if last is not None and last.state.is_open:
                yield from self._open(rule, last)
            else:
                yield from self._closed(rule, last, state.next_id(rule.name))
        for alert in state.open:
            if alert.rule not in rules:
                yield self._resolved(alert, "workbench.toml declares this rule no more")

    def _closed(self, rule: AlertConfig, last: Alert | None, name: str) -> Iterator[NewEvent]:
        """Fire when the row of failed windows, none of which an earlier alert was about, is long enough."""
        failing = self._failing(rule)
        watched = _keys(failing)
        fresh = takewhile(lambda look: last is None or look.until > last.until, self.seen)
        row = self._row(rule, fresh, watched, Verdict.FAIL)
        if failing and len(row) >= rule.windows:
            yield self._failed(FIRED, rule, failing, name=name, since=row[-1].since, windows=len(row))

    def _open(self, rule: AlertConfig, alert: Alert) -> Iterator[NewEvent]:
        """Go on firing, or be resolved when the row of passed windows is long enough."""
        failing = self._failing(rule)
        if failing:
            if self.report.until > alert.until:
                yield self._failed(
                    REPEATED, rule, failing, name=alert.id, since=alert.since, windows=alert.windows + 1
                )
            return
        after = takewhile(lambda look: look.until >= alert.until, self.seen)
        row = self._row(rule, after, alert.failed, Verdict.PASS)
        if len(row) >= rule.resolve:
            passed = "the window has" if len(row) == 1 else f"{len(row)} windows in a row have"
            yield self._resolved(alert, f"{passed} passed")

    def _row(
        self,
        rule: AlertConfig,
        seen: Iterator[Look],
        watched: frozenset[tuple[str, str]],
        wanted: Verdict,
    ) -> list[Look]:
        """Return the windows of one verdict that stand in a row up to the newest, the newest first."""
        row = []
        for look in seen:
            verdict = look.verdict(rule, watched)
            if verdict is wanted:
                row.append(look)
            elif verdict is not Verdict.INCONCLUSIVE or not row:
                break
        return row

    def _failing(self, rule: AlertConfig) -> list[Check]:
        """Return the checks by which the window fails a rule; empty when it does not."""
        if self.seen[0].verdict(rule, ()) is not Verdict.FAIL:
            return []
        mine = [check for check in self.report.checks if wants(rule, check.kind, check.name)]
        failed = [check for check in mine if check.verdict is Verdict.FAIL]
        return failed or [check for check in mine if check.verdict is not Verdict.PASS] or [_unasked(rule)]

    def _failed(
        self, kind: str, rule: AlertConfig, failing: list[Check], *, name: str, since: datetime, windows: int
    ) -> NewEvent:
        good = next((look for look in self.seen if look.verdict(rule, ()) is Verdict.PASS), None)
        data = {
            "alert": name,
            "rule": rule.name,
            "severity": rule.severity,
            "model": rule.model,
            "since": since.isoformat(),
            "until": self.report.until.isoformat(),
            "windows": windows,
            "run": self.run,
            "checks": brief(failing),
            "cause": cause_of(
                self.project,
                self.ledger,
                rule.model,
                failing,
                seen=(self.seen[0], good),
                since=since,
                now=self.now,
            ),
        }
        return NewEvent(kind, data, subject=rule.model, key=name)

    def _resolved(self, alert: Alert, reason: str) -> NewEvent:
        data = {**alert.facts(), "reason": reason}
        return NewEvent(RESOLVED, data, subject=alert.model, key=alert.id)


def _unasked(rule: AlertConfig) -> Check:
    note = "nothing of this kind was looked at in the window"
    return Check(rule.on[0], "any", Verdict.INCONCLUSIVE, note)


def _keys(checks: list[Check]) -> frozenset[tuple[str, str]]:
    return frozenset((check.kind, check.name) for check in checks)
