"""What has just happened to an alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.monitoring.alerts.alert import Alert

FIRED = "alert.fired"
REPEATED = "alert.repeated"
ACKNOWLEDGED = "alert.acknowledged"
RESOLVED = "alert.resolved"
NOTIFIED = "alert.notified"
UNNOTIFIED = "alert.unnotified"


@dataclass(frozen=True)
class AlertChange:
    """An event of an alert, and the alert as it is after it.

    Attributes:
        kind: of the event: `alert.fired`, `alert.repeated`, `alert.acknowledged` or `alert.resolved`.
    """

    kind: str
    alert: Alert

    @property
    def what(self) -> str:
        """In one word: fired, repeated, acknowledged or resolved."""
        return self.kind.partition(".")[2]

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"what": self.what, **self.alert.to_dict()}


def stream_of(model: str) -> str:
    """Return the name of the stream of a model's alerts."""
    return f"alert/{model}"
