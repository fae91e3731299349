"""Who becomes champion: decided on the evidence, written with its reason, taken back likewise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import RejectedError, UnknownNameError
from workbench.ledger import NewEvent
from workbench.registry.evidence import check_evidence, refused
from workbench.registry.model import APPROVED, DECLINED, MOVED, PROPOSED, ModelState
from workbench.registry.version import ALIASES, CHAMPION, Promotion, Version

if TYPE_CHECKING:
    from workbench.registry.gates import NamedGate

AUTOMATIC, ONE_APPROVAL, FOUR_EYES = "automatic", "one-approval", "four-eyes"
_BY_STRICTNESS = (AUTOMATIC, ONE_APPROVAL, FOUR_EYES)


@dataclass(frozen=True)
class Wish:
    """A wish to promote.

    Attributes:
        version: the version's number.
        policy: automatic, one-approval or four-eyes, as the project has it today.
        gates: what the model declares today; a promotion needs a pass from each of them as they are now.
        actor: who wishes it.
        run: the run that proposes it; empty when a person does.
        author: who started that run.
    """

    version: int
    policy: str
    gates: Sequence[NamedGate] = ()
    alias: str = CHAMPION
    reason: str = ""
    actor: str = ""
    run: str = ""
    author: str = ""


def promote(state: ModelState, wish: Wish) -> list[NewEvent]:
    """Return the events of a promotion: a proposal, and as far as the policy allows its approval and move.

    A version that holds the alias already needs no event. A person's wish approves what a run has
    proposed; under `four-eyes` it must be another person than the one who proposed.

    Raises:
        RejectedError: the evidence does not carry it; the message says what is missing and what to do.
        UnknownNameError: there is no such version or alias.
    """
    version = state.find(wish.version)
    if wish.alias not in ALIASES:
        raise UnknownNameError("alias", wish.alias, ALIASES)
    if state.aliases.get(wish.alias) == version.number:
        return []
    check_evidence(state, version, wish.gates, wish.alias)
    _respect_decisions(state, version, wish)
    waiting = next((p for p in state.pending if (p.version, p.alias) == (wish.version, wish.alias)), None)
    events: list[NewEvent] = []
    number = waiting.number if waiting else len(state.promotions) + 1
    if waiting is None:
        events.append(_event(state, PROPOSED, _proposal(state, wish, number)))
    if _is_approved(wish, waiting):
        events += approval(state, number, version.number, wish.alias, wish.reason)
    return events


def approval(state: ModelState, number: int, version: int, alias: str, reason: str) -> list[NewEvent]:
    """Return the events that approve a promotion and move its alias."""
    approved = {"promotion": number, "version": version, "reason": reason}
    return [
        _event(state, APPROVED, approved),
        _moved(state, alias, version, why="promotion", promotion=number, reason=reason),
    ]


def rejection(state: ModelState, promotion: Promotion, reason: str) -> NewEvent:
    """Return the event that rejects a promotion."""
    data = {"promotion": promotion.number, "version": promotion.version, "reason": reason}
    return _event(state, DECLINED, data)


def rollback(
    state: ModelState, *, holder: int | None, reason: str = "", alias: str = CHAMPION
) -> list[NewEvent]:
    """Return the event that gives an alias back to the version which its holder replaced.

    Args:
        state: the model's present state.
        holder: who is to lose the alias. If somebody else holds it by now, two people pulled at once,
            and going back a second step is what neither of them meant.
        reason: why, for the record.
        alias: the alias.

    Raises:
        RejectedError: nobody holds it, its holder replaced nobody, or the holder is another by now.
    """
    now, before = state.aliases.get(alias), state.replaced_by(alias)
    if now != holder:
        raise RejectedError(
            f"The {alias} of {state.name!r} was version {holder} a moment ago, but is version {now} now.",
            hint=f"Somebody else moved it. See: workbench models {state.name}",
            evidence=None,
        )
    if holder is None:
        raise RejectedError(
            f"{state.name!r} has no {alias}, so there is nothing to roll back.",
            hint=f"Promote a version first: workbench promote {state.name} VERSION",
            evidence=None,
        )
    if before is None:
        raise RejectedError(
            f"Version {holder} of {state.name!r} is its first {alias}; there is none to go back to.",
            hint=f"Promote another version instead: workbench promote {state.name} VERSION",
            evidence=None,
        )
    return [_moved(state, alias, before, why="rollback", promotion=None, reason=reason)]


def stricter(one: str, other: str) -> str:
    """Return the policy that asks for more: loosening it does not let through what waits already."""
    return max(one, other, key=_BY_STRICTNESS.index)


def _respect_decisions(state: ModelState, version: Version, wish: Wish) -> None:
    """Refuse a run what a person has decided against; a person may decide anew."""
    if not wish.run:
        return
    back = f"If it shall be {wish.alias} all the same: workbench promote {state.name} {version.number}"
    undone = state.was_rolled_back(version.number) if wish.alias == CHAMPION else None
    if undone is not None:
        what = f"{undone.actor} rolled it back{_because(undone.reason)}, and a run does not undo that"
        raise refused(version, wish.alias, what, back)
    last = state.decided(version.number, wish.alias)
    if last is not None and last.decision and not last.decision.approved:
        said = f"{last.decision.actor} rejected it{_because(last.decision.reason)}"
        raise refused(version, wish.alias, f"{said}, and a run does not ask again", back)


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _is_approved(wish: Wish, waiting: Promotion | None) -> bool:
    policy = stricter(wish.policy, waiting.policy) if waiting else wish.policy
    if policy == AUTOMATIC:
        return True
    if wish.run:
        return False
    if policy == FOUR_EYES:
        return waiting is not None and not waiting.is_by(wish.actor)
    return True


def _proposal(state: ModelState, wish: Wish, number: int) -> dict[str, Any]:
    return {
        "model": state.name,
        "promotion": number,
        "version": wish.version,
        "alias": wish.alias,
        "replaces": state.aliases.get(wish.alias),
        "policy": wish.policy,
        "run": wish.run,
        "reason": wish.reason,
        "author": wish.author or wish.actor,
    }


def _moved(
    state: ModelState, alias: str, after: int, *, why: str, promotion: int | None, reason: str
) -> NewEvent:
    data = {
        "model": state.name,
        "alias": alias,
        "before": state.aliases.get(alias),
        "after": after,
        "why": why,
        "promotion": promotion,
        "reason": reason,
    }
    return _event(state, MOVED, data)


def _event(state: ModelState, kind: str, data: Mapping[str, Any]) -> NewEvent:
    return NewEvent(kind, dict(data), subject=state.name, key=str(data.get("version", data.get("after"))))
