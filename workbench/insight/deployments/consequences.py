"""What would follow from an action, in words: the action is tried on the state that is known, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.insight.deployments.difference import difference
from workbench.insight.deployments.serving import SHADOW, allows_by_hand, declared_gates
from workbench.registry import approval, promotion, rollback
from workbench.registry import traffic as shares
from workbench.registry.card.words import shorten
from workbench.registry.challenge import end
from workbench.registry.happened import APPROVED
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.ledger import NewEvent
    from workbench.registry.model import ModelState

_SOON = "Servers follow within a second."
_LONGEST = 300  # characters of why something would be refused
_NOTHING = "Nothing changes: it is so already."


def propose_consequence(
    store: Store, person: Person, model: str, version: int, *, to: str = CHAMPION, traffic: float = 0.0
) -> str:
    """Return what follows when somebody asks for a promotion: nothing, until it is approved.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state, wish = store.model(model), _wish(store, person.actor, model, version, to=to, share=traffic)
    try:
        promotion.propose(state, wish)
    except WorkbenchError as error:
        return _refused(error)
    after = state.copy()
    _become(after, to, version, traffic, store)
    told = " ".join(difference(state.deployment, after.deployment))
    return f"Nothing changes for callers until somebody approves it. Then: {told}"


def approve_consequence(store: Store, person: Person, model: str, proposal: int) -> str:
    """Return what follows when a promotion that waits is approved.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    declared = store.project.config.models.get(model)
    policy = declared.promotion.policy if declared else promotion.FOUR_EYES
    by_hand = allows_by_hand(store, model)
    reviewer = approval.Reviewer(person.actor, "", policy, declared_gates(store, model), by_hand)
    return _told(store, model, lambda state: approval.approve(state, proposal, reviewer))


def reject_consequence(store: Store, person: Person, model: str, proposal: int) -> str:
    """Return what follows when a promotion that waits is rejected.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state = store.model(model)
    try:
        approval.reject(state, proposal, approval.Reviewer(person.actor, "", promotion.ONE_APPROVAL))
    except WorkbenchError as error:
        return _refused(error)
    asked = state.promotions[proposal]
    return (
        f"Version {asked.version} does not become {asked.alias}; what serves stays as it is. "
        "No run asks for it again; a person may."
    )


def promote_consequence(
    store: Store, person: Person, model: str, version: int, *, to: str = CHAMPION, traffic: float = 0.0
) -> str:
    """Return what follows when a version becomes champion, challenger or shadow.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    if to == SHADOW:
        return _told(store, model, lambda state: shares.add_shadow(state, version))
    wish = _wish(store, person.actor, model, version, to=to, share=traffic)
    return _told(store, model, lambda state: promotion.promote(state, wish))


def set_traffic_consequence(store: Store, person: Person, model: str, share: float) -> str:
    """Return what follows when the challenger gets another share of the traffic.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    declared = store.project.config.models.get(model)

    def decide(state: ModelState) -> Sequence[NewEvent]:
        if declared is not None and declared.promotion.policy == promotion.FOUR_EYES:
            shares.check_raise(state, share, person.actor)
        return shares.set_share(state, share)

    return _told(store, model, decide)


def roll_back_consequence(store: Store, person: Person, model: str) -> str:
    """Return what follows when what callers met last is taken back.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state = store.model(model)
    alias = state.newest_arm
    gone = state.aliases.get(alias)
    told = _told(store, model, lambda now: rollback.take_back(now, alias=alias, holder=gone))
    return f"{told} No run promotes version {gone} again by itself; a person may." if gone else told


def withdraw_consequence(store: Store, person: Person, model: str) -> str:
    """Return what follows when the challenger is withdrawn.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    told = _told(store, model, lambda state: end(state, reason=""))
    gone = store.model(model).challenger
    if gone is None:
        return told
    return f"{told} It is not judged any more, and no run asks for it again by itself; a person may."


def remove_shadow_consequence(store: Store, person: Person, model: str, version: int) -> str:
    """Return what follows when a version is a shadow no more.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    return _told(store, model, lambda state: shares.remove_shadow(state, version))


def _wish(store: Store, actor: str, model: str, version: int, *, to: str, share: float) -> promotion.Wish:
    declared = store.project.config.models.get(model)
    return promotion.Wish(
        version,
        declared.promotion.policy if declared else promotion.FOUR_EYES,
        declared_gates(store, model),
        alias=to,
        actor=actor,
        by_hand=allows_by_hand(store, model),
        share=share if to == CHALLENGER else None,
    )


def _told(store: Store, model: str, decide: Callable[[ModelState], Sequence[NewEvent]]) -> str:
    """Return in words what a decision would change."""
    state = store.model(model)
    try:
        events = decide(state)
    except WorkbenchError as error:
        return _refused(error)
    after = state.copy()
    for event in events:
        after.apply(event.kind, event.data, at=store.now(), actor="")
    told = list(difference(state.deployment, after.deployment))
    if told:
        return " ".join([*told, _SOON])
    if len(after.pending) > len(state.pending):
        return "Nothing changes yet: under four eyes it waits until another person approves it."
    if not events and len(after.pending) and state.deployment == after.deployment:
        return "Nothing changes: it waits for another person's approval already, or is so already."
    return _NOTHING


def _become(state: ModelState, to: str, version: int, share: float, store: Store) -> None:
    """Let a version hold an alias, as if its proposal had been approved."""
    approved = promotion.Approval(0, version, to, "", share if to == CHALLENGER else 0.0)
    for event in promotion.approval(state, approved):
        if event.kind != APPROVED:
            state.apply(event.kind, event.data, at=store.now(), actor="")


def _refused(error: WorkbenchError) -> str:
    return f"This would be refused: {shorten(error.message, _LONGEST)} {error.hint}".strip()
