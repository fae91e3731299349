"""What serves of a model, who put it there, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.registry.deployment import Deployment as Seen
from workbench.registry.evidence import why_blocked
from workbench.registry.promotion import AUTOMATIC, FOUR_EYES, ONE_APPROVAL, stricter
from workbench.registry.verdict import Verdict
from workbench.registry.version import CHALLENGER, CHAMPION, Promotion

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.registry.gates import NamedGate
    from workbench.registry.model import ModelState

SHADOW = "shadow"

POLICIES = {
    AUTOMATIC: "no approval needed: passed gates are enough",
    ONE_APPROVAL: "one person approves",
    FOUR_EYES: "another person than who asked approves",
}
"""What each promotion policy asks for."""


@dataclass(frozen=True)
class Arm:
    """A version that answers or listens.

    Attributes:
        role: champion, challenger or shadow.
        share: of the requests that it answers, from 0 to 1.
        since: when it took that role; None for a shadow.
        actor: who put it there; empty for a shadow.
        reason: why, as it stands in the ledger.
        replaced: whom it took the place of.
        refused: why a server does not let it serve; empty when none says so.
    """

    version: int
    role: str
    share: float
    since: datetime | None = None
    actor: str = ""
    reason: str = ""
    replaced: int | None = None
    refused: str = ""


@dataclass(frozen=True)
class Waiting:
    """A promotion that waits for an approval.

    Attributes:
        blocked: why it could not be approved now, whoever did; empty when it could.
        own: whether the person who looks may not approve it, for it is their own.
        verdict: of the version's gates; None when they never ran.
    """

    promotion: Promotion
    blocked: str = ""
    own: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Deployment:
    """What serves of a model.

    Attributes:
        policy: automatic, one-approval or four-eyes; empty when workbench.toml declares the model no more.
        arms: the champion, then the challenger.
        shadows: in the order in which they were added.
        waiting: for an approval, the newest first.
        seen: the same in the registry's words; whoever acts on it hands it back, so that nothing is done
            about what has changed meanwhile.
    """

    model: str
    description: str = ""
    policy: str = ""
    arms: tuple[Arm, ...] = ()
    shadows: tuple[Arm, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    versions: int = 0
    seen: Seen = field(default_factory=Seen)

    @property
    def champion(self) -> Arm | None:
        """Who answers what nobody else does."""
        return next((arm for arm in self.arms if arm.role == CHAMPION), None)

    @property
    def challenger(self) -> Arm | None:
        """Who is compared with the champion."""
        return next((arm for arm in self.arms if arm.role == CHALLENGER), None)


def model_names(store: Store, person: Person) -> tuple[str, ...]:
    """Return the models there are, those first that something serves of.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    models = sorted(store.models(), key=lambda model: (not model.pending, model.champion is None, model.name))
    return tuple(model.name for model in models)


def deployment(store: Store, person: Person, model: str) -> Deployment:
    """Return what serves of a model, and what waits.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state = store.model(model)
    declared = store.project.config.models.get(model)
    waiting = tuple(_waiting(store, person, state)) if state.pending else ()
    return Deployment(
        model=model,
        description=declared.description if declared else "",
        policy=declared.promotion.policy if declared else "",
        arms=tuple(_arms(state)),
        shadows=tuple(Arm(n, SHADOW, 0.0, refused=_refused(state, n)) for n in state.shadows),
        waiting=waiting,
        versions=len(state.versions),
        seen=state.deployment,
    )


def declared_gates(store: Store, model: str) -> tuple[NamedGate, ...]:
    """Return the gates that workbench.toml declares for a model today; none when it declares it no more."""
    from workbench.registry.gates import gates_of

    declared = store.project.config.models.get(model)
    return gates_of(model, declared) if declared else ()


def allows_by_hand(store: Store, model: str) -> bool:
    """Return whether a version of a model that came of a person's session may be promoted."""
    declared = store.project.config.models.get(model)
    return declared is not None and declared.interactive == "allow"


def _arms(state: ModelState) -> Iterator[Arm]:
    shares = {CHAMPION: 1.0 - state.share, CHALLENGER: state.share}
    for role, share in shares.items():
        number = state.aliases.get(role)
        if number is None:
            continue
        move = next((m for m in reversed(state.moves) if (m.alias, m.after) == (role, number)), None)
        yield Arm(
            version=number,
            role=role,
            share=share,
            since=move.at if move else None,
            actor=move.actor if move else "",
            reason=move.reason if move else "",
            replaced=move.before if move else None,
            refused=_refused(state, number),
        )


def _refused(state: ModelState, number: int) -> str:
    found = state.refusals.get(number)
    return f"{found.step}: {found.sentence}" if found else ""


def _waiting(store: Store, person: Person, state: ModelState) -> Iterator[Waiting]:
    declared = store.project.config.models.get(state.name)
    policy = declared.promotion.policy if declared else FOUR_EYES
    gates = declared_gates(store, state.name)
    for promotion in sorted(state.pending, key=lambda each: each.number, reverse=True):
        version = state.versions.get(promotion.version)
        if version is None:
            yield Waiting(promotion, f"Version {promotion.version} was never registered.")
            continue
        by_hand = allows_by_hand(store, state.name)
        blocked = why_blocked(state, version, gates, promotion.alias, by_hand=by_hand)
        if declared is None:
            blocked = f"workbench.toml declares {state.name!r} no more."
        own = stricter(policy, promotion.policy) == FOUR_EYES and promotion.is_by(person.actor)
        yield Waiting(promotion, blocked, own, version.verdict)
