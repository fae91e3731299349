"""Windows in brief: each check's answer without its evidence, so that two years of days fit in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any, NamedTuple

from workbench.ledger import Event
from workbench.registry.verdict import Verdict


class CheckBrief(NamedTuple):
    """A check without its evidence; see `workbench.monitoring.finding.Check`."""

    kind: str
    name: str
    verdict: Verdict
    note: str
    value: float | None
    lower: float | None
    upper: float | None
    limit: float | None
    method: str
    version: int | None
    arm: str | None


@dataclass(frozen=True)
class WindowBrief:
    """A window that was looked at; `Store.report` reads the whole of what was found.

    Attributes:
        position: of its event in the ledger.
        run: that looked at it.
        verdicts: by kind of check.
        versions: rows by version and arm.
    """

    model: str
    position: int
    run: str
    since: datetime
    until: datetime
    at: datetime
    rows: int
    labelled: int
    reference: int | None
    verdicts: Mapping[str, Verdict]
    versions: tuple[Mapping[str, Any], ...]
    checks: tuple[CheckBrief, ...]

    def of(self, *kinds: str) -> tuple[CheckBrief, ...]:
        """Return the checks of some kinds."""
        return tuple(check for check in self.checks if check.kind in kinds)


def window_of(event: Event) -> WindowBrief:
    """Return the window that an event tells of."""
    report = event.data["report"]
    since, until, at = (datetime.fromisoformat(report[name]) for name in ("since", "until", "at"))
    return WindowBrief(
        model=intern(report["model"]),
        position=event.position,
        run=event.data["run"],
        since=since,
        until=until,
        at=at,
        rows=report["rows"],
        labelled=report["labelled"],
        reference=report["reference"],
        verdicts={intern(kind): Verdict(said) for kind, said in report["verdicts"].items()},
        versions=tuple(report["versions"]),
        checks=tuple(map(_check, report["checks"])),
    )


def _check(data: Mapping[str, Any]) -> CheckBrief:
    return CheckBrief(
        intern(data["kind"]),
        intern(data["name"]),
        Verdict(data["verdict"]),
        intern(data.get("note", "")),
        data.get("value"),
        data.get("lower"),
        data.get("upper"),
        data.get("limit"),
        intern(data.get("method", "")),
        data.get("version"),
        data.get("arm"),
    )
