"""Approves or rejects a promotion that waits: by whom, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import RejectedError, UnknownNameError, UsageError
from workbench.ledger import NewEvent
from workbench.registry.evidence import check_evidence
from workbench.registry.model import ModelState
from workbench.registry.promotion import FOUR_EYES, Approval, approval, rejection, stricter
from workbench.registry.traffic import check_arm
from workbench.registry.version import Promotion

if TYPE_CHECKING:
    from workbench.registry.gates import NamedGate


@dataclass(frozen=True)
class Reviewer:
    """Who decides about a promotion, and under which rules of today.

    Attributes:
        policy: what workbench.toml says of the model today.
        gates, by_hand: likewise.
    """

    actor: str
    reason: str
    policy: str
    gates: Sequence[NamedGate] = ()
    by_hand: bool = False


def approve(state: ModelState, number: int, reviewer: Reviewer) -> list[NewEvent]:
    """Return the events of an approval, and of the alias's move that follows from it.

    Raises:
        RejectedError: the evidence does not carry it any more, or four eyes are needed and these are the
            author's own.
        UsageError: the promotion is decided already.
    """
    promotion = _waiting(state, number)
    own = promotion.is_by(reviewer.actor)
    if own and stricter(promotion.policy, reviewer.policy) == FOUR_EYES:
        raise RejectedError(
            f"{reviewer.actor} cannot approve promotion {number} of {state.name!r}: {_whose(promotion)}, "
            "and under four eyes somebody else has to look.",
            hint=f"Ask a colleague: workbench approve {state.name} {promotion.version}",
            evidence=None,
        )
    version = state.find(promotion.version)
    if state.aliases.get(promotion.alias) == version.number:
        raise RejectedError(
            f"Version {version.number} of {state.name!r} is {promotion.alias} already.",
            hint=f'Close the promotion: workbench reject {state.name} {version.number} --reason "…"',
            evidence=None,
        )
    check_arm(state, promotion.alias, version.number, promotion.share)
    check_evidence(state, version, reviewer.gates, promotion.alias, by_hand=reviewer.by_hand)
    approved = Approval(number, version.number, promotion.alias, reviewer.reason, promotion.share)
    return approval(state, approved)


def reject(state: ModelState, number: int, reviewer: Reviewer) -> list[NewEvent]:
    """Return the event of a rejection; whoever asked for a promotion may withdraw it so.

    Raises:
        UsageError: the promotion is decided already.
    """
    return [rejection(state, _waiting(state, number), reviewer.reason)]


def find_waiting(state: ModelState, *, version: int | None = None, number: int | None = None) -> Promotion:
    """Return the promotion that waits: of a version, of a number, or the only one.

    Raises:
        UsageError: none waits, or several do.
        UnknownNameError: there is no promotion of that number, or no such version.
    """
    if number is not None:
        return _waiting(state, number)
    if version is not None:
        state.find(version)
    found = [p for p in state.pending if version in (None, p.version)]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(f"version {p.version} as {p.alias} ({state.name}:{p.number})" for p in found)
        raise UsageError(
            f"{len(found)} promotions of {state.name!r} wait: {told}.",
            hint=f"Say which: workbench approve {state.name}:{found[-1].number}",
        )
    what = f"version {version} of {state.name!r}" if version else repr(state.name)
    number_text = str(version or "VERSION")
    raise UsageError(
        f"No promotion of {what} waits for an approval.",
        hint=f"Ask for one: workbench promote {state.name} {number_text}",
    )


def _waiting(state: ModelState, number: int) -> Promotion:
    if number not in state.promotions:
        known = ", ".join(str(n) for n in sorted(state.promotions)[-12:])
        hint = f"There are: {known}." if known else "None was proposed yet."
        raise UnknownNameError(f"promotion of {state.name!r}", str(number), hint=hint)
    promotion = state.promotions[number]
    decision = promotion.decision
    if decision is not None:
        raise UsageError(
            f"Promotion {number} of {state.name!r} (version {promotion.version}) was {promotion.state} "
            f"by {decision.actor} at {decision.at:%Y-%m-%d %H:%M} already.",
            hint=f"See: workbench models {state.name}",
        )
    return promotion


def _whose(promotion: Promotion) -> str:
    if promotion.run:
        return f"it was asked for by run {promotion.run}, which {promotion.author or promotion.actor} started"
    return f"{promotion.actor} asked for it"
