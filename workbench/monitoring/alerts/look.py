"""The windows of a model that were looked at, as far as rules need to know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.monitoring.alerts.alert import wants
from workbench.monitoring.finding import WindowReport
from workbench.registry.verdict import Verdict, combined
from workbench.registry.window import JUDGED, window_stream

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project.automation import AlertConfig

_BACK = 100  # how many looks before the newest still count: more would only make old projects slow


@dataclass(frozen=True)
class Look:
    """A window that was looked at.

    Attributes:
        run: the run that did; empty when it is not known.
        verdicts: by kind and name of the check; the worst one where versions or arms differ.
    """

    since: datetime
    until: datetime
    run: str
    verdicts: Mapping[tuple[str, str], Verdict]

    @classmethod
    def at(cls, report: WindowReport, run: str) -> Look:
        """Return what rules need of a report."""
        found: dict[tuple[str, str], list[Verdict]] = {}
        for check in report.checks:
            found.setdefault((check.kind, check.name), []).append(check.verdict)
        return cls(report.since, report.until, run, {key: combined(each) for key, each in found.items()})

    def failed(self, *kinds: str) -> frozenset[str]:
        """Return the names of the checks of some kinds that failed."""
        return frozenset(
            name
            for (kind, name), verdict in self.verdicts.items()
            if kind in kinds and verdict is Verdict.FAIL
        )

    def verdict(self, rule: AlertConfig, watched: Iterable[tuple[str, str]]) -> Verdict:
        """Return what the window says to a rule.

        A window that could not be judged is inconclusive, or a failure where the rule says so. A window
        is no relief either while the very checks that the alert is about are inconclusive.

        Args:
            rule: the rule.
            watched: kind and name of the checks that failed before, or after.
        """
        mine = {key: verdict for key, verdict in self.verdicts.items() if wants(rule, *key)}
        whole = combined(mine.values())
        if whole is Verdict.INCONCLUSIVE and rule.inconclusive:
            return Verdict.FAIL
        if whole is not Verdict.INCONCLUSIVE:
            return whole
        relevant = [mine[key] for key in watched if key in mine]
        passed = all(each is Verdict.PASS for each in relevant) if relevant else Verdict.PASS in mine.values()
        return Verdict.PASS if passed else Verdict.INCONCLUSIVE


@dataclass
class _Known:
    version: int = 0
    looks: dict[datetime, Look] = field(default_factory=dict)


def looks(ledger: Ledger, report: WindowReport, run: str) -> list[Look]:
    """Return the windows that were looked at, the one of a report among them, the newest first.

    Several looks at windows that end at the same moment count once, and the last one counts. What this
    process has read of a ledger before is not read again.
    """
    model, stream = report.model, window_stream(report.model)
    known = _read.setdefault(ledger, {}).setdefault(model, _Known())
    if not known.version:
        known.version = max(0, ledger.version(stream) - _BACK)
    for event in ledger.read(stream, after=known.version):
        known.version = event.version
        if event.kind == JUDGED:
            look = Look.at(WindowReport.from_dict(event.data["report"]), event.data.get("run", ""))
            known.looks[look.until] = look
    own = {report.until: Look.at(report, run)}
    return sorted({**known.looks, **own}.values(), key=lambda look: look.until, reverse=True)


_read: WeakKeyDictionary[Ledger, dict[str, _Known]] = WeakKeyDictionary()
