"""What people do about a deployment; each asks whether they may, and writes under their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.insight.deployments.difference import now_text
from workbench.insight.deployments.serving import SHADOW
from workbench.registry.challenge import end
from workbench.registry.decided import Decided, Redeployed
from workbench.registry.decision import write_decision
from workbench.registry.later import project_later
from workbench.registry.proposal import propose as ask
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.registry import Registry
    from workbench.registry.deployment import Deployment

_WAIT = 2.0  # seconds for what was written to be seen by those who look


def propose(
    store: Store,
    person: Person,
    model: str,
    version: int,
    *,
    reason: str,
    to: str = CHAMPION,
    traffic: float = 0.0,
) -> str:
    """Ask that a version become champion or challenger; somebody has to approve it.

    Args:
        store: the project's state.
        person: who asks.
        model: the model.
        version: the version's number.
        reason: why, for the record.
        to: champion or challenger.
        traffic: of a challenger, the share that it is to get, from 0 to 1.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: its gates do not carry it, or it is so already.
        UnknownNameError: there is no such model, version or alias.
        UsageError: no reason was given.
    """
    person.require("propose", model=model)
    _check_reason(reason)
    share = traffic if to == CHALLENGER else None
    waits = ask(
        store.project, store.ledger, model, version, alias=to, share=share, reason=reason, actor=person.actor
    )
    store.catch_up(wait=_WAIT)
    return f"Version {version} of {model} waits for an approval as {to} (promotion {waits.number})."


def approve(
    store: Store,
    person: Person,
    model: str,
    proposal: int,
    *,
    reason: str,
    seen: Deployment | None = None,
) -> str:
    """Approve a promotion that waits.

    Args:
        store: the project's state.
        person: who approves.
        model: the model.
        proposal: the promotion's number.
        reason: why, for the record.
        seen: what served when the person was told what follows (`Deployment.seen`); when it is otherwise by
            now, nothing is done. None: whatever serves.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: the evidence does not carry it any more, it is the person's own under four eyes, or
            what serves has changed meanwhile.
        UsageError: it is decided already, or no reason was given.
    """
    person.require("approve", model=model)
    _check_reason(reason)
    decided = _registry(store, seen).approve(model, proposal, reason=reason, actor=person.actor)
    return _done(store, decided)


def reject(store: Store, person: Person, model: str, proposal: int, *, reason: str) -> str:
    """Reject a promotion that waits; no run asks for it again.

    Raises:
        AccessError: the person may not.
        UsageError: it is decided already, or no reason was given.
    """
    person.require("reject", model=model)
    _check_reason(reason)
    decided = store.registry.reject(model, proposal, reason=reason, actor=person.actor)
    store.catch_up(wait=_WAIT)
    return f"Version {decided.version} of {model} was rejected as {decided.alias}; what serves is as it was."


def promote(
    store: Store,
    person: Person,
    model: str,
    version: int,
    *,
    to: str = CHAMPION,
    traffic: float = 0.0,
    reason: str,
    seen: Deployment | None = None,
) -> str:
    """Make a version champion, challenger or shadow; under four eyes somebody else has to approve it.

    Args:
        store: the project's state.
        person: who wishes it.
        model: the model.
        version: the version's number.
        to: champion, challenger or shadow.
        traffic: of a challenger, its share from 0 to 1.
        reason: why, for the record.
        seen: as of `approve`.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: its gates do not carry it, it answers already, or what serves has changed meanwhile.
        UnknownNameError: there is no such model, version or alias.
        UsageError: no reason was given.
    """
    person.require("promote", model=model)
    _check_reason(reason)
    registry = _registry(store, seen)
    if to == SHADOW:
        return _done(store, registry.add_shadow(model, version, reason=reason, actor=person.actor))
    share = traffic if to == CHALLENGER else None
    decided = registry.promote(model, version, alias=to, share=share, reason=reason, actor=person.actor)
    return _done(store, decided)


def set_traffic(
    store: Store, person: Person, model: str, share: float, *, reason: str, seen: Deployment | None = None
) -> str:
    """Give the challenger a share of the traffic, from 0 to 1; the champion answers the rest.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: nobody is challenger, under four eyes its author wants more for it, or what serves has
            changed since it was `seen`.
        UsageError: it is no share, or no reason was given.
    """
    person.require("traffic", model=model)
    _check_reason(reason)
    done = _registry(store, seen).set_traffic(model, share, reason=reason, actor=person.actor)
    return _done(store, done)


def roll_back(
    store: Store, person: Person, model: str, *, reason: str, seen: Deployment | None = None
) -> str:
    """Take back what callers met last: the challenger's traffic, or else the champion.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: there is nothing to go back to, or what serves has changed since it was `seen`.
        UsageError: no reason was given.
    """
    person.require("rollback", model=model)
    _check_reason(reason)
    return _done(store, _registry(store, seen).rollback(model, reason=reason, actor=person.actor))


def withdraw(store: Store, person: Person, model: str, *, reason: str, seen: Deployment | None = None) -> str:
    """Take the challenger's place and traffic from it, whatever its outcomes; the champion answers all.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        RejectedError: nobody challenges, or what serves has changed since it was `seen`.
        UsageError: no reason was given.
    """
    person.require("rollback", model=model)
    _check_reason(reason)
    written = write_decision(
        store.ledger, model, lambda state: end(state, reason=reason), actor=person.actor, seen=seen
    )
    project_later(store.project)
    return _done(store, Redeployed(model, written.before.deployment, written.after.deployment))


def remove_shadow(store: Store, person: Person, model: str, version: int, *, reason: str) -> str:
    """Let a version be a shadow no more.

    Returns:
        What happened, in a sentence.

    Raises:
        AccessError: the person may not.
        UnknownNameError: there is no such model or version.
        UsageError: no reason was given.
    """
    person.require("traffic", model=model)
    _check_reason(reason)
    return _done(store, store.registry.remove_shadow(model, version, reason=reason, actor=person.actor))


def _registry(store: Store, seen: Deployment | None) -> Registry:
    registry = store.registry
    registry.seen = seen
    return registry


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("A reason is needed: it stands in the record.", hint="Say why, in a sentence.")


def _done(store: Store, decided: Decided | Redeployed) -> str:
    """Return what serves now, once those who look see it too."""
    store.catch_up(wait=_WAIT)
    if isinstance(decided, Redeployed):
        return now_text(decided.after)
    told = now_text(decided.deployment)
    if decided.waits and not decided.moved:
        told = f"Version {decided.version} waits for another person's approval. {told}"
    return f"{told} MLflow does not show it yet: {decided.warning}" if decided.warning else told
