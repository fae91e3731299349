"""Something that is to be started once: what, as which run, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from workbench.ledger import Event

ACTOR = "workbench schedule"
LIVE = "live"
PIPELINE = "pipeline"
MONITOR = "monitor"
JUDGE = "judge"

Kind = Literal["schedule", "trigger"]
Parameters = Mapping[str, Mapping[str, str]]
"""Stage → name → text, as on a command line."""


@dataclass(frozen=True)
class Claim:
    """A due time of a schedule, or a cause of a trigger, that somebody has claimed in the ledger.

    Attributes:
        origin: `schedule` or `trigger`, and `name` its name.
        due: project time at which it was due; of a trigger, at which it fired.
        action: `pipeline`, `monitor` or `judge`.
        target: the pipeline's name, or the model's.
        run: the id that its run has, decided here: a run of it can begin only once.
        reason: for people, why it runs.
        commit: the git commit whose notebooks run, in full, or `live`.
    """

    origin: Kind
    name: str
    due: datetime
    action: str
    target: str
    run: str
    reason: str
    parameters: Parameters = field(default_factory=dict)
    commit: str = LIVE

    @property
    def stream(self) -> str:
        """The stream that it was claimed in."""
        return f"{self.origin}/{self.name}"

    @property
    def ended(self) -> str:
        """The kind of the event that says that it is over."""
        return f"{self.origin}.ended"

    def to_dict(self) -> dict[str, Any]:
        """Return what the ledger keeps of it."""
        return {
            self.origin: self.name,
            "due": self.due.isoformat(),
            "what": {self.action: self.target},
            "pipeline": self.target if self.action == PIPELINE else None,
            "run": self.run,
            "because": self.reason,
            "parameters": {stage: dict(texts) for stage, texts in self.parameters.items()},
            "commit": self.commit,
        }


def claim_of(event: Event) -> Claim:
    """Return the claim that an event holds."""
    origin, _, name = event.stream.partition("/")
    data = event.data
    ((action, target),) = data["what"].items()
    return Claim(
        origin="trigger" if origin == "trigger" else "schedule",
        name=name,
        due=datetime.fromisoformat(data["due"]),
        action=action,
        target=target,
        run=data["run"],
        reason=data["because"],
        parameters=data["parameters"],
        commit=data["commit"],
    )
