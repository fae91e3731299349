"""A registered version of a model, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.ledger.actor import person
from workbench.registry.gate import GateResult
from workbench.registry.verdict import Verdict

CHAMPION, CHALLENGER = "champion", "challenger"
ALIASES = (CHAMPION, CHALLENGER)


@dataclass(frozen=True)
class Evaluation:
    """What the gates said of a version, once.

    Attributes:
        against: the version that it was compared with, None when nobody was champion.
        data: fingerprint of every dataset that was read, by name.
        explanation: what the predictions rest on, as `Explanation.to_dict` has it; empty when nobody asked.
    """

    verdict: Verdict
    gates: tuple[GateResult, ...]
    against: int | None
    data: Mapping[str, str]
    run: str
    at: datetime
    explanation: Mapping[str, Any] = field(default_factory=dict)

    @property
    def compared(self) -> bool:
        """Whether a gate looked at the champion, so that it holds against that champion only."""
        return any(gate.against for gate in self.gates)


@dataclass(frozen=True)
class Version:
    """A registered version; the record of its files never changes, evaluations are added.

    Attributes:
        interactive: who committed it, or something that it was made from, from a session of their own; empty
            when runners made all of it, or one has made the very same since.
    """

    model: str
    number: int
    fingerprint: str
    output: Mapping[str, Any]
    run: str
    stage: str
    at: datetime
    actor: str
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    tracking_id: str | None = None
    evaluations: tuple[Evaluation, ...] = ()
    interactive: str = ""

    @property
    def evaluation(self) -> Evaluation | None:
        """The newest evaluation, None before the first."""
        return self.evaluations[-1] if self.evaluations else None

    @property
    def verdict(self) -> Verdict | None:
        """The newest verdict, None before the first evaluation."""
        return self.evaluation.verdict if self.evaluation else None

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """The newest results of the gates."""
        return self.evaluation.gates if self.evaluation else ()

    def record(self) -> dict[str, Any]:
        """Return the record that a stage reads this version by, with the parameters of its training."""
        own = {"model": self.model, "version": self.number, "parameters": dict(self.parameters)}
        return {**self.output, **own}


@dataclass(frozen=True)
class Decision:
    """An approval or a rejection: who said so, when and why."""

    approved: bool
    actor: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Promotion:
    """A wish to make a version an alias's holder, and what was decided about it.

    Attributes:
        number: of the model's promotions, from 1.
        policy: automatic, one-approval or four-eyes, as it was when the wish was written.
        run: the run that proposed it; empty when a person did.
        actor: who proposed it.
        author: who started that run; the actor when a person proposed it.
        share: of the traffic that a challenger is to get, from 0 to 1.
        difference: what the version differed in from the champion, as `against_champion` has it.
        decision: None while it waits.
    """

    number: int
    version: int
    alias: str
    replaces: int | None
    policy: str
    run: str
    reason: str
    actor: str
    at: datetime
    author: str = ""
    decision: Decision | None = None
    share: float = 0.0
    difference: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """In one word: proposed, approved or rejected."""
        if self.decision is None:
            return "proposed"
        return "approved" if self.decision.approved else "rejected"

    def is_by(self, actor: str) -> bool:
        """Whether the promotion is this person's own: they asked for it, or started the run that did."""
        return person(actor) in (person(self.actor), person(self.author or self.actor))

    def to_dict(self) -> dict[str, Any]:
        """Return the promotion as JSON."""
        decision = {**self.decision.__dict__, "at": self.decision.at.isoformat()} if self.decision else None
        own = {**self.__dict__, "author": self.author or self.actor, "at": self.at.isoformat()}
        return {**own, "state": self.state, "decision": decision}


@dataclass(frozen=True)
class Stray:
    """An alias that a store was found to show otherwise than the ledger has it, by nobody's decision.

    Attributes:
        ledger: the version that holds it by the ledger's word, None for nobody.
        shown: what the store showed: a version, `nobody`, or `a version made by hand`.
    """

    alias: str
    ledger: int | None
    shown: int | str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Move:
    """An alias that moved; `why` is promotion or rollback, `after` None when nobody holds it any more."""

    alias: str
    before: int | None
    after: int | None
    why: str
    promotion: int | None
    reason: str
    actor: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the move as JSON."""
        return {**self.__dict__, "at": self.at.isoformat()}
