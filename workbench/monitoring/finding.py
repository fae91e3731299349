"""What was found when a window of the prediction log was looked at: one check for each question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from workbench.registry.verdict import Verdict, combined

DRIFT = "drift"
PREDICTION_DRIFT = "prediction_drift"
LABEL_DRIFT = "label_drift"
QUALITY = "quality"
PERFORMANCE = "performance"
ESTIMATE = "estimate"
SERVICE = "service"
CHALLENGER = "challenger"
KINDS = (DRIFT, PREDICTION_DRIFT, LABEL_DRIFT, QUALITY, PERFORMANCE, ESTIMATE, SERVICE, CHALLENGER)


@dataclass(frozen=True)
class Check:
    """One question about a window, and its answer.

    Attributes:
        kind: one of KINDS.
        name: a column, a metric, `carrier=AA auc`: unique within kind, version and arm.
        verdict: `inconclusive` wherever there is not enough evidence; that never passes.
        note: the reason in words, for people.
        value: what was measured, in its own unit.
        lower, upper: its interval, where there is one.
        limit: what it was held against, where there is a limit.
        method: the statistic's name.
        version, arm: whose rows; None: of all.
        evidence: more, as JSON.
    """

    kind: str
    name: str
    verdict: Verdict
    note: str = ""
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    limit: float | None = None
    method: str = ""
    version: int | None = None
    arm: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the check as JSON; what is empty is left out."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, "", {})}
        return {**kept, "verdict": self.verdict.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Check:
        """Return the check that was written as JSON."""
        return cls(**{**data, "verdict": Verdict(data["verdict"])})


@dataclass(frozen=True)
class WindowReport:
    """A window of a model's predictions, looked at.

    Attributes:
        since, until: project time; the first moment, and the first moment after.
        at: project time at which it was looked at.
        rows: answered predictions in the window.
        labelled: those whose truth was known.
        versions: rows by version and arm: `[{"version": 3, "arm": "champion", "rows": 1000}]`.
        reference: the version whose reference the window was held against; None where there was none.
        checks: every question that was asked.
    """

    model: str
    since: datetime
    until: datetime
    at: datetime
    rows: int
    labelled: int
    versions: tuple[Mapping[str, Any], ...] = ()
    reference: int | None = None
    checks: tuple[Check, ...] = ()

    def of(self, *kinds: str) -> tuple[Check, ...]:
        """Return the checks of some kinds."""
        return tuple(check for check in self.checks if check.kind in kinds)

    def verdict(self, *kinds: str) -> Verdict:
        """Return what the checks of some kinds, all when none is named, come to together."""
        return together(self.of(*(kinds or KINDS)))

    def _repr_html_(self) -> str:
        from workbench.monitoring.page import as_html

        return as_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "model": self.model,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "at": self.at.isoformat(),
            "rows": self.rows,
            "labelled": self.labelled,
            "versions": [dict(version) for version in self.versions],
            "reference": self.reference,
            "verdicts": {kind: self.verdict(kind).value for kind in KINDS if self.of(kind)},
            "checks": [check.to_dict() for check in self.checks],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WindowReport:
        """Return the report that was written as JSON."""
        since, until, at = (datetime.fromisoformat(data[name]) for name in ("since", "until", "at"))
        return cls(
            model=data["model"],
            since=since,
            until=until,
            at=at,
            rows=data["rows"],
            labelled=data["labelled"],
            versions=tuple(data["versions"]),
            reference=data["reference"],
            checks=tuple(Check.from_dict(check) for check in data["checks"]),
        )


def together(checks: Iterable[Check]) -> Verdict:
    """Return fail when one failed, else inconclusive when one is or none was asked, else pass."""
    return combined(check.verdict for check in checks)
