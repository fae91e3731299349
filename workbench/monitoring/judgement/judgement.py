"""A challenger, judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.monitoring.finding import Check

JUDGED = "challenger.judged"
"""The kind of event that holds a judgement."""


def stream_of(model: str) -> str:
    """Return the name of the stream that a model's judgements stand in."""
    return f"judgement/{model}"


@dataclass(frozen=True)
class Judgement:
    """What was found of a challenger at one moment, and what was done.

    Attributes:
        version: the challenger's.
        against: the champion's.
        verdict: promote (no worse than the margin), rollback (worse) or inconclusive.
        metric: whose loss per row is compared.
        mean: by how much the challenger's is greater, on average of the blocks; None: there is no block.
        lower, upper: its bounds, each with the declared level by itself, at all times together; None: none.
        margin: how much worse still counts as no worse.
        blocks: whose truth is known.
        rows: in them, scored by both.
        action: none, raised, promoted, withdrawn (a guardrail is broken), rolled_back (worse), asked (a
            person), or expired (nothing shown in time).
        share: of the traffic that the challenger has afterwards.
        reason: in words.
    """

    model: str
    version: int
    against: int
    verdict: str
    metric: str
    mean: float | None
    lower: float | None
    upper: float | None
    margin: float
    blocks: int
    rows: int
    action: str
    share: float
    guardrails: tuple[Check, ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement as JSON, as it stands in the ledger."""
        return {**asdict(self), "guardrails": [check.to_dict() for check in self.guardrails]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Judgement:
        """Return the judgement that stands in the ledger."""
        checks = tuple(Check.from_dict(check) for check in data["guardrails"])
        return cls(**{**data, "guardrails": checks})
