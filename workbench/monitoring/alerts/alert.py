"""An alert, and the states that it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.project.automation import AlertConfig

SEVERITIES = ("info", "warning", "critical")


class AlertState(StrEnum):
    """Firing until somebody says that they are on it, or until windows pass again."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"

    @property
    def is_open(self) -> bool:
        """Whether the reason for the alert is still there."""
        return self is not AlertState.RESOLVED


@dataclass(frozen=True)
class Told:
    """What a channel has heard of an alert.

    Attributes:
        what: `fired`, `repeated` or `resolved`.
        at: project time.
        until: the end of the last failed window that was told of.
    """

    what: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Untold:
    """A channel that failed, again or for the first time, since it last heard of an alert."""

    at: datetime
    error: str
    times: int


@dataclass(frozen=True)
class Alert:
    """An alert as its events tell it.

    Attributes:
        id: `<rule>-<number>`, the number counted for each rule of a model.
        state: see there.
        at: project time at which it fired.
        changed: project time of the last change of state.
        since, until: the first moment of the first window that failed, the first moment after the last one.
        windows: how many windows failed.
        run: the run that looked at the last of them; empty when none did.
        checks: what failed in it, without evidence.
        cause: what is known of why; see `cause.py`.
        by, reason: who acknowledged or resolved it, and why; who found it while it fires.
        told: by channel, what was heard of it.
        untold: by channel, what was not.
    """

    id: str
    rule: str
    model: str
    severity: str
    state: AlertState
    at: datetime
    changed: datetime
    since: datetime
    until: datetime
    windows: int
    run: str
    checks: tuple[Mapping[str, Any], ...]
    cause: Mapping[str, Any]
    by: str = ""
    reason: str = ""
    told: Mapping[str, Told] = field(default_factory=dict)
    untold: Mapping[str, Untold] = field(default_factory=dict)

    @property
    def failed(self) -> frozenset[tuple[str, str]]:
        """Kind and name of each check that failed in its last window."""
        return frozenset((check["kind"], check["name"]) for check in self.checks)

    def facts(self) -> dict[str, Any]:
        """Return what every event of the alert holds."""
        return {
            "alert": self.id,
            "rule": self.rule,
            "severity": self.severity,
            "model": self.model,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "run": self.run,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the alert as JSON."""
        return {
            **self.facts(),
            "state": self.state.value,
            "at": self.at.isoformat(),
            "changed": self.changed.isoformat(),
            "windows": self.windows,
            "by": self.by,
            "reason": self.reason,
            "checks": [dict(check) for check in self.checks],
            "cause": dict(self.cause),
            "told": {
                name: {"what": told.what, "at": told.at.isoformat()} for name, told in self.told.items()
            },
            "untold": {
                name: {"at": untold.at.isoformat(), "error": untold.error, "times": untold.times}
                for name, untold in self.untold.items()
            },
        }


def severe_enough(severity: str, least: str) -> bool:
    """Whether a severity is at least another one."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def wants(rule: AlertConfig, kind: str, name: str) -> bool:
    """Whether a check counts for a rule."""
    return kind in rule.on and (not rule.names or name in rule.names)
