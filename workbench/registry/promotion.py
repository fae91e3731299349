"""Who becomes champion: decided on the evidence, written with its reason, taken back likewise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.ledger import NewEvent
from workbench.registry.evidence import check_evidence, refused
from workbench.registry.happened import APPROVED, DECLINED, MOVED, PROPOSED
from workbench.registry.model import ModelState
from workbench.registry.traffic import (
    PROMOTION,
    check_arm,
    check_raise,
    remove_shadow,
    set_share,
    share_event,
)
from workbench.registry.version import ALIASES, CHALLENGER, CHAMPION, Promotion, Version

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
        by_hand: whether a version that came of a person's session may be promoted.
        compare: says what the version differs in from the champion, for whoever decides.
        unattended: nobody stands behind it: it approves nothing that a person has to approve.
        share: of the traffic, for a challenger, from 0 to 1; None for as it is, which is 0 for a new one.
    """

    version: int
    policy: str
    gates: Sequence[NamedGate] = ()
    alias: str = CHAMPION
    reason: str = ""
    actor: str = ""
    run: str = ""
    author: str = ""
    by_hand: bool = False
    compare: Callable[[ModelState, Version], Mapping[str, Any]] | None = None
    unattended: bool = False
    share: float | None = None

    @property
    def by_machine(self) -> bool:
        """Whether a run wishes it, or something else that is no person."""
        return bool(self.run) or self.unattended


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
        return _more_traffic(state, wish)
    check_arm(state, wish.alias, wish.version, wish.share or 0.0)
    check_evidence(state, version, wish.gates, wish.alias, by_hand=wish.by_hand)
    _respect_decisions(state, version, wish)
    waiting = find_own(state, wish)
    events: list[NewEvent] = []
    number = waiting.number if waiting else len(state.promotions) + 1
    if waiting is None:
        events.append(_event(state, PROPOSED, _proposal(state, version, wish, number)))
    if _is_approved(wish, waiting):
        share = wish.share if wish.share is not None else waiting.share if waiting else 0.0
        events += approval(state, Approval(number, version.number, wish.alias, wish.reason, share))
    return events


def propose(state: ModelState, wish: Wish) -> list[NewEvent]:
    """Return the event that asks for a promotion, which somebody has to approve; none when it waits already.

    Raises:
        RejectedError: the evidence does not carry it, or the version holds the alias already.
        UnknownNameError: there is no such version or alias.
    """
    version = state.find(wish.version)
    if wish.alias not in ALIASES:
        raise UnknownNameError("alias", wish.alias, ALIASES)
    if state.aliases.get(wish.alias) == version.number:
        raise refused(version, wish.alias, "it is that already", f"See: workbench models {state.name}")
    check_arm(state, wish.alias, wish.version, wish.share or 0.0)
    check_evidence(state, version, wish.gates, wish.alias, by_hand=wish.by_hand)
    if find_own(state, wish) is not None:
        return []
    asked = replace(wish, policy=stricter(wish.policy, ONE_APPROVAL))
    return [_event(state, PROPOSED, _proposal(state, version, asked, len(state.promotions) + 1))]


def find_own(state: ModelState, wish: Wish) -> Promotion | None:
    """Return the promotion that waits and asks for the same, None when none does."""
    return next((p for p in state.pending if (p.version, p.alias) == (wish.version, wish.alias)), None)


@dataclass(frozen=True)
class Approval:
    """A promotion that is approved: its number, who becomes what, why, and a challenger's share."""

    number: int
    version: int
    alias: str
    reason: str
    share: float = 0.0


def approval(state: ModelState, approved: Approval) -> list[NewEvent]:
    """Return the events that approve a promotion and move its alias.

    In the same write a new champion stops being challenger, and whoever answers callers stops being a
    shadow.
    """
    version, reason = approved.version, approved.reason

    def move(alias: str, after: int | None) -> NewEvent:
        return moved(state, alias, after, why=PROMOTION, promotion=approved.number, reason=reason)

    data = {"promotion": approved.number, "version": version, "reason": reason}
    events = [_event(state, APPROVED, data), move(approved.alias, version)]
    if approved.alias == CHAMPION and version == state.challenger:
        events.append(move(CHALLENGER, None))
    if approved.alias == CHALLENGER and approved.share:
        events.append(share_event(state, version, approved.share, reason=reason, why=PROMOTION))
    return [*events, *remove_shadow(state, version, reason=reason, why=PROMOTION)]


def rejection(state: ModelState, promotion: Promotion, reason: str) -> NewEvent:
    """Return the event that rejects a promotion."""
    data = {"promotion": promotion.number, "version": promotion.version, "reason": reason}
    return _event(state, DECLINED, data)


def stricter(one: str, other: str) -> str:
    """Return the policy that asks for more: loosening it does not let through what waits already."""
    return max(one, other, key=_BY_STRICTNESS.index)


def _more_traffic(state: ModelState, wish: Wish) -> list[NewEvent]:
    if wish.alias != CHALLENGER or wish.share is None:
        return []
    if wish.policy == FOUR_EYES:
        check_raise(state, wish.share, wish.actor)
    return set_share(state, wish.share, reason=wish.reason)


def _respect_decisions(state: ModelState, version: Version, wish: Wish) -> None:
    """Refuse a run what a person has decided against; a person may decide anew."""
    if not wish.by_machine:
        return
    to = "" if wish.alias == CHAMPION else f" --to {wish.alias}"
    back = f"If it shall be {wish.alias} all the same: workbench promote {state.name} {version.number}{to}"
    undone = state.was_rolled_back(version.number, wish.alias)
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
    if wish.by_machine:
        return False
    if policy == FOUR_EYES:
        return waiting is not None and not waiting.is_by(wish.actor)
    return True


def _proposal(state: ModelState, version: Version, wish: Wish, number: int) -> dict[str, Any]:
    data = {
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
    found = wish.compare(state, version) if wish.compare else {}
    told = {"share": wish.share, "difference": dict(found)}
    return {**data, **{name: value for name, value in told.items() if value}}


def moved(
    state: ModelState,
    alias: str,
    after: int | None,
    *,
    why: str,
    promotion: int | None = None,
    reason: str = "",
) -> NewEvent:
    """Return the event of an alias's move; to nobody when `after` is None."""
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
    return NewEvent(kind, dict(data), subject=state.name, key=str(_about(data)))


def _about(data: Mapping[str, Any]) -> Any:
    return next(data[name] for name in ("version", "after", "before") if data.get(name) is not None)
