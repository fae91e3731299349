"""Who gets which traffic: the challenger's share, the shadows, and what a server refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import RejectedError
from workbench.ledger import NewEvent
from workbench.registry.decision import write_decision
from workbench.registry.deployment import ACCEPTED, REFUSED, SHADOWED, SHARED, UNSHADOWED
from workbench.registry.share import check_share, share_text
from workbench.registry.version import CHALLENGER, Promotion

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.registry.model import ModelState

PROMOTION, TRAFFIC, ROLLBACK = "promotion", "traffic", "rollback"


def set_share(state: ModelState, share: float, *, reason: str = "", why: str = TRAFFIC) -> list[NewEvent]:
    """Return the event that gives the challenger a share of the traffic; none when it has it already.

    Args:
        state: the model's present state.
        share: from 0 to 1; the champion answers the rest.
        reason: why, for the record.
        why: what it is part of.

    Raises:
        RejectedError: nobody is challenger, or there is no champion for the rest.
        UsageError: it is no share.
    """
    number = state.challenger
    if number is None:
        raise RejectedError(
            f"{state.name!r} has no challenger that could get {share_text(share)} of the traffic.",
            hint=f"Make one: workbench promote {state.name} VERSION --to challenger --traffic 10%",
            evidence=None,
        )
    check_arm(state, CHALLENGER, number, share)
    if share == state.share:
        return []
    return [share_event(state, number, share, reason=reason, why=why)]


def share_event(state: ModelState, version: int, share: float, *, reason: str, why: str) -> NewEvent:
    """Return the event that a challenger gets a share of the traffic."""
    data = {
        "model": state.name,
        "version": version,
        "before": state.share if state.challenger == version else 0.0,
        "after": share,
        "why": why,
        "reason": reason,
    }
    return NewEvent(SHARED, data, subject=state.name, key=str(version))


def check_arm(state: ModelState, alias: str, version: int, share: float) -> None:
    """Ask of a challenger that it is another than the champion, and shares the traffic with somebody.

    Raises:
        RejectedError: it is the champion, or nobody is.
        UsageError: the share is none.
    """
    if alias != CHALLENGER:
        return
    check_share(share)
    if version == state.champion:
        raise RejectedError(
            f"Version {version} of {state.name!r} is champion; it cannot challenge itself.",
            hint=f"Challenge it with another: workbench promote {state.name} VERSION --to challenger",
            evidence=None,
        )
    if share and state.champion is None:
        raise RejectedError(
            f"{state.name!r} has no champion that could answer the rest of the traffic.",
            hint=f"Promote a version first: workbench promote {state.name} VERSION",
            evidence=None,
        )


def check_raise(state: ModelState, share: float, actor: str) -> None:
    """Ask under four eyes for another person than the challenger's author to give it more traffic.

    Raises:
        RejectedError: it is the author's own challenger.
    """
    asked = promotion_of(state, state.challenger)
    if asked is not None and share > state.share and asked.is_by(actor):
        raise RejectedError(
            f"{actor} cannot give version {state.challenger} of {state.name!r} more than "
            f"{share_text(state.share)} of the traffic: the challenger is their own, and under four eyes "
            "somebody else has to.",
            hint=f"Ask a colleague: workbench traffic {state.name} {share * 100:g}%",
            evidence=None,
        )


def add_shadow(state: ModelState, number: int, *, reason: str = "") -> list[NewEvent]:
    """Return the event that makes a version a shadow; none when it is one.

    Raises:
        RejectedError: it answers callers already, so that it would score each request twice.
        UnknownNameError: there is no such version.
    """
    version = state.find(number).number
    holds = [alias for alias, holder in state.aliases.items() if holder == version]
    if holds:
        raise RejectedError(
            f"Version {version} of {state.name!r} is {holds[0]}; it scores its requests already.",
            hint=f"A shadow is a version that answers nobody. See: workbench models {state.name}",
            evidence=None,
        )
    return [] if version in state.shadows else [_shadow(state, SHADOWED, version, reason, TRAFFIC)]


def remove_shadow(state: ModelState, number: int, *, reason: str = "", why: str = TRAFFIC) -> list[NewEvent]:
    """Return the event after which a version is no shadow any more; none when it is none.

    Raises:
        UnknownNameError: there is no such version.
    """
    version = state.find(number).number
    return [_shadow(state, UNSHADOWED, version, reason, why)] if version in state.shadows else []


def note_refused(
    ledger: Ledger, model: str, version: int, *, step: str, sentence: str, actor: str | None = None
) -> None:
    """Note that a server does not let a version serve; what stands already is not noted again.

    Args:
        ledger: where it is noted.
        model: the model.
        version: the one that does not serve.
        step: at which it failed: verify, load, golden …
        sentence: why, for people.
        actor: who runs the server; whoever is signed in when None.
    """
    data = {"model": model, "version": version, "step": step, "sentence": sentence}
    event = NewEvent(REFUSED, data, subject=model, key=str(version))

    def decide(state: ModelState) -> list[NewEvent]:
        stands = state.refusals.get(version)
        same = stands is not None and (stands.step, stands.sentence) == (step, sentence)
        return [] if same else [event]

    write_decision(ledger, model, decide, actor=actor)


def note_accepted(ledger: Ledger, model: str, version: int, *, actor: str | None = None) -> None:
    """Note that a version which a server had refused serves now; nothing is written where none had."""
    event = NewEvent(ACCEPTED, {"model": model, "version": version}, subject=model, key=str(version))
    write_decision(ledger, model, lambda state: [event] if version in state.refusals else [], actor=actor)


def _shadow(state: ModelState, kind: str, version: int, reason: str, why: str) -> NewEvent:
    data = {"model": state.name, "version": version, "why": why, "reason": reason}
    return NewEvent(kind, data, subject=state.name, key=str(version))


def promotion_of(state: ModelState, number: int | None) -> Promotion | None:
    """Return the newest promotion by which a version became challenger, or was to; None without one."""
    mine = (p for p in state.promotions.values() if (p.version, p.alias) == (number, CHALLENGER))
    return max(mine, key=lambda promotion: promotion.number, default=None)
