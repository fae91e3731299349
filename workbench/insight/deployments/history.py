"""What was decided about a model, by whom and why: promotions, approvals, rejections, rollbacks, traffic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.insight.deployments.kept import kept
from workbench.registry.challenge import EXPIRED
from workbench.registry.deployment import ACCEPTED, REFUSED, SHADOWED, SHARED, UNSHADOWED
from workbench.registry.happened import APPROVED, DECLINED, MOVED, PROPOSED
from workbench.registry.promotion import AUTOMATIC
from workbench.registry.share import share_text
from workbench.registry.traffic import ROLLBACK, TRAFFIC
from workbench.registry.version import CHAMPION, Promotion
from workbench.rehearsal.moment import is_machine

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.ledger import Event

ASKED, PROMOTED, APPROVAL, REJECTED = "asked", "promoted", "approved", "rejected"
ROLLED_BACK, WITHDRAWN, SHIFTED, SHADOW, SERVER = "rolled back", "withdrawn", "traffic", "shadow", "server"
KINDS = (ASKED, PROMOTED, APPROVAL, REJECTED, ROLLED_BACK, WITHDRAWN, SHIFTED, SHADOW, SERVER)
"""What there is to decide; `approved` is a promotion that had waited for somebody."""

_TOLD = (SHARED, SHADOWED, UNSHADOWED, REFUSED, ACCEPTED, MOVED, PROPOSED, APPROVED, DECLINED)


@dataclass(frozen=True)
class Decision:
    """Something that was decided about a model.

    Attributes:
        kind: one of KINDS.
        what: a sentence without its full stop.
        actor: who, as it stands in the ledger.
        why: the reason that was given; empty where there is none.
        version: that it is about.
        run: that asked for it; empty where a person did.
        promotion: its number; None where it was part of none.
        machine: whether nobody but the workbench itself, or a policy, decided.
        position: of the event in the ledger.
    """

    at: datetime
    kind: str
    what: str
    actor: str
    why: str
    version: int
    run: str
    promotion: int | None
    machine: bool
    position: int

    @property
    def by(self) -> str:
        """Who decided, in words."""
        if is_machine(self.actor):
            return f"by the workbench itself ({self.actor})"
        return f"by the policy, in a run of {self.actor}" if self.machine else f"by {self.actor}"


def past(store: Store, person: Person, model: str) -> tuple[Decision, ...]:
    """Return what was decided about a model, the newest first.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
        StorageError: the ledger cannot be read.
    """
    person.require("view", model=model)
    promotions = store.model(model).promotions

    def make() -> tuple[Decision, ...]:
        events = store.ledger.find(kinds=_TOLD, subject=model)
        return tuple(reversed(_told(events, promotions)))

    return kept(store, ("past", model), store.changed("model"), make)


def _told(events: Sequence[Event], promotions: Mapping[int, Promotion]) -> list[Decision]:
    """Return the decisions; what several events of one write say is told once."""
    moved = {e.data["promotion"] for e in events if e.kind == MOVED and e.data["promotion"] is not None}
    found: list[Decision] = []
    for event in events:
        promotion = promotions.get(event.data.get("promotion") or 0)
        if event.kind == APPROVED and event.data["promotion"] in moved:
            continue  # told by the move that it made
        if event.kind == PROPOSED and promotion is not None and _at_once(promotion):
            continue
        told = _STEPS[event.kind](event.data, promotion)
        if told is None:
            continue
        kind, what = told
        found.append(
            Decision(
                at=event.at,
                kind=kind,
                what=what,
                actor=event.actor,
                why=event.data.get("reason", "") or event.data.get("sentence", ""),
                version=_version(event.data, promotion),
                run=promotion.run if promotion else "",
                promotion=promotion.number if promotion else None,
                machine=is_machine(event.actor) or _by_policy(event, promotion),
                position=event.position,
            )
        )
    return found


def _at_once(promotion: Promotion) -> bool:
    """Whether it was decided in the write that asked for it."""
    return promotion.decision is not None and (promotion.decision.at, promotion.decision.actor) == (
        promotion.at,
        promotion.actor,
    )


def _by_policy(event: Event, promotion: Promotion | None) -> bool:
    if promotion is None or promotion.policy != AUTOMATIC or not promotion.run:
        return False
    return event.kind in (MOVED, APPROVED) and _at_once(promotion)


def _version(data: Mapping[str, Any], promotion: Promotion | None) -> int:
    named = (data.get(name) for name in ("version", "after", "before"))
    number = next((each for each in named if isinstance(each, int)), None)
    return number if number is not None else promotion.version if promotion else 0


Told = tuple[str, str] | None


def _moved(data: Mapping[str, Any], promotion: Promotion | None) -> Told:
    alias, before, after = data["alias"], data["before"], data["after"]
    if after is None:
        return _left(data)
    if data["why"] == ROLLBACK:
        return ROLLED_BACK, f"Version {before} was rolled back; version {after} is {alias} again"
    instead = f" in place of version {before}" if before is not None else ""
    kind = APPROVAL if promotion is not None and not _at_once(promotion) else PROMOTED
    return kind, f"Version {after} became {alias}{instead}"


def _left(data: Mapping[str, Any]) -> Told:
    alias, before, why = data["alias"], data["before"], data["why"]
    if why == ROLLBACK:
        return ROLLED_BACK, f"Version {before}, the {alias}, was rolled back"
    if why == EXPIRED:
        return WITHDRAWN, f"Version {before}, the {alias}, was withdrawn: nothing was shown in time"
    return None  # it became champion in the same write


def _proposed(data: Mapping[str, Any], _: Promotion | None) -> Told:
    share = f" with {share_text(data['share'])} of the traffic" if data.get("share") else ""
    return ASKED, f"Version {data['version']} was proposed as {data['alias']}{share}"


def _approved(data: Mapping[str, Any], promotion: Promotion | None) -> Told:
    alias = promotion.alias if promotion else CHAMPION
    return APPROVAL, f"Version {data['version']} was approved as {alias}"


def _declined(data: Mapping[str, Any], promotion: Promotion | None) -> Told:
    alias = promotion.alias if promotion else CHAMPION
    return REJECTED, f"Version {data['version']} was rejected as {alias}"


def _shared(data: Mapping[str, Any], _: Promotion | None) -> Told:
    before, after = share_text(data["before"]), share_text(data["after"])
    return SHIFTED, f"Version {data['version']} got {after} of the traffic, instead of {before}"


def _shadowed(data: Mapping[str, Any], _: Promotion | None) -> Told:
    return SHADOW, f"Version {data['version']} became a shadow"


def _unshadowed(data: Mapping[str, Any], _: Promotion | None) -> Told:
    if data["why"] != TRAFFIC:
        return None  # part of a promotion or a rollback, which is told
    return SHADOW, f"Version {data['version']} is a shadow no more"


def _refused(data: Mapping[str, Any], _: Promotion | None) -> Told:
    return SERVER, f"A server did not let version {data['version']} serve ({data['step']})"


def _accepted(data: Mapping[str, Any], _: Promotion | None) -> Told:
    return SERVER, f"Version {data['version']}, which a server had refused, serves now"


_STEPS: Mapping[str, Callable[[Mapping[str, Any], Promotion | None], Told]] = {
    MOVED: _moved,
    PROPOSED: _proposed,
    APPROVED: _approved,
    DECLINED: _declined,
    SHARED: _shared,
    SHADOWED: _shadowed,
    UNSHADOWED: _unshadowed,
    REFUSED: _refused,
    ACCEPTED: _accepted,
}
