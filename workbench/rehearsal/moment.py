"""One thing that happened to a model, and where the ledger has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

ALERT = "alert"
ACKNOWLEDGED = "acknowledged"
RETRAINING = "training"
FAILURE = "failure"
REFUSAL = "refusal"
TRIAL = "trial"
TRAFFIC = "traffic"
ASKED = "asked"
PROMOTION = "promotion"
WITHDRAWAL = "withdrawal"
ROLLBACK = "rollback"
OVERRIDE = "override"

KINDS = {
    ALERT: "bad",
    ACKNOWLEDGED: "plain",
    RETRAINING: "plain",
    FAILURE: "bad",
    REFUSAL: "doubt",
    TRIAL: "plain",
    TRAFFIC: "plain",
    ASKED: "doubt",
    PROMOTION: "good",
    WITHDRAWAL: "doubt",
    ROLLBACK: "bad",
    OVERRIDE: "doubt",
}
"""What there is, each with the tone in which a page shows it."""

_MACHINE = "workbench "


@dataclass(frozen=True)
class Moment:
    """Something that happened.

    Attributes:
        at: project time.
        kind: one of KINDS.
        what: a sentence without its full stop.
        who: the actor; `workbench …` is the machine itself.
        why: the reason that was recorded; empty where there is none.
        position: of the event in the ledger, by which `workbench audit export` has it.
        stream: of the event.
        event: its kind.
        version: of the model, that it is about; None where it is about none.
        run: that it is part of; empty where it is part of none.
        until: when it was over; None where it is a moment, or goes on.
    """

    at: datetime
    kind: str
    what: str
    who: str
    why: str
    position: int
    stream: str
    event: str
    version: int | None = None
    run: str = ""
    until: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the moment as JSON."""
        until = self.until.isoformat() if self.until else None
        return {**asdict(self), "at": self.at.isoformat(), "until": until}


def is_machine(actor: str) -> bool:
    """Whether nobody but the workbench itself acted."""
    return actor.startswith(_MACHINE)
