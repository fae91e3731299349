"""What may happen to a model: the events of its stream, and what each does to its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.registry.deployment import ACCEPTED, REFUSED, SHADOWED, SHARED, UNSHADOWED, Refusal
from workbench.registry.gate import GateResult
from workbench.registry.verdict import Verdict
from workbench.registry.version import (
    CHALLENGER,
    CHAMPION,
    Decision,
    Evaluation,
    Move,
    Promotion,
    Stray,
    Version,
)

if TYPE_CHECKING:
    from workbench.registry.model import ModelState

REGISTERED = "version.registered"
CONFIRMED = "version.confirmed"  # a runner made the very same as a person had in a session
EVALUATED = "version.evaluated"
PROPOSED = "promotion.proposed"
APPROVED = "promotion.approved"
DECLINED = "promotion.rejected"
MOVED = "alias.moved"
STRAYED = "alias.strayed"
RESTORED = "alias.restored"


class Fact(NamedTuple):
    """What an event says, when and by whom."""

    data: Mapping[str, Any]
    at: datetime
    actor: str


def _registered(state: ModelState, fact: Fact) -> None:
    data = fact.data
    version = Version(
        model=state.name,
        number=data["version"],
        fingerprint=data["fingerprint"],
        output=data["output"],
        run=data["run"],
        stage=data["stage"],
        at=fact.at,
        actor=fact.actor,
        metrics=data["metrics"],
        parameters=data["parameters"],
        inputs=data["inputs"],
        tracking_id=data["tracking_id"],
        interactive=data["output"].get("interactive", ""),
    )
    state.versions[version.number] = version


def _confirmed(state: ModelState, fact: Fact) -> None:
    version = state.versions[fact.data["version"]]
    output = {key: value for key, value in version.output.items() if key != "interactive"}
    state.versions[version.number] = replace(version, output=output, interactive="")


def _evaluated(state: ModelState, fact: Fact) -> None:
    data = fact.data
    gates = tuple(GateResult.from_dict(gate) for gate in data["gates"])
    verdict = Verdict(data["verdict"])
    said = data.get("explanation", {})
    evaluation = Evaluation(verdict, gates, data["against"], data["data"], data["run"], fact.at, said)
    version = state.versions[data["version"]]
    state.versions[version.number] = replace(version, evaluations=(*version.evaluations, evaluation))


def _proposed(state: ModelState, fact: Fact) -> None:
    data = fact.data
    promotion = Promotion(
        number=data["promotion"],
        version=data["version"],
        alias=data["alias"],
        replaces=data["replaces"],
        policy=data["policy"],
        run=data["run"],
        reason=data["reason"],
        actor=fact.actor,
        at=fact.at,
        author=data.get("author", ""),
        share=data.get("share", 0.0),
        difference=data.get("difference", {}),
    )
    state.promotions[promotion.number] = promotion


def _approved(state: ModelState, fact: Fact) -> None:
    _decided(state, fact, approved=True)


def _declined(state: ModelState, fact: Fact) -> None:
    _decided(state, fact, approved=False)


def _decided(state: ModelState, fact: Fact, *, approved: bool) -> None:
    promotion = state.promotions[fact.data["promotion"]]
    decision = Decision(approved, fact.actor, fact.at, fact.data.get("reason", ""))
    state.promotions[promotion.number] = replace(promotion, decision=decision)


def _strayed(state: ModelState, fact: Fact) -> None:
    alias = fact.data["alias"]
    state.strays[alias] = Stray(alias, fact.data["ledger"], fact.data["shown"], fact.actor, fact.at)


def _restored(state: ModelState, fact: Fact) -> None:
    state.strays.pop(fact.data["alias"], None)


def _moved(state: ModelState, fact: Fact) -> None:
    data = fact.data
    alias, after = data["alias"], data["after"]
    held = state._held.setdefault(alias, [])
    if after is None:
        held.clear()
        state.aliases.pop(alias, None)
    else:
        if data["why"] == "rollback":
            held.pop()
        else:
            held.append(after)
        state.aliases[alias] = after
        state.refusals.pop(after, None)
    if alias == CHALLENGER:
        state.share = 0.0
    state.moves.append(
        Move(
            alias,
            data["before"],
            after,
            data["why"],
            data["promotion"],
            data["reason"],
            fact.actor,
            fact.at,
        )
    )


def _shared(state: ModelState, fact: Fact) -> None:
    state.share = fact.data["after"]
    state._share_over = len(state._held.get(CHAMPION, ()))
    state.refusals.pop(fact.data["version"], None)


def _shadowed(state: ModelState, fact: Fact) -> None:
    number = fact.data["version"]
    state.shadows = (*(n for n in state.shadows if n != number), number)
    state.refusals.pop(number, None)


def _unshadowed(state: ModelState, fact: Fact) -> None:
    state.shadows = tuple(n for n in state.shadows if n != fact.data["version"])


def _refused(state: ModelState, fact: Fact) -> None:
    data = fact.data
    state.refusals[data["version"]] = Refusal(
        data["version"], data["step"], data["sentence"], fact.actor, fact.at
    )


def _accepted(state: ModelState, fact: Fact) -> None:
    state.refusals.pop(fact.data["version"], None)


STEPS = {
    REGISTERED: _registered,
    CONFIRMED: _confirmed,
    EVALUATED: _evaluated,
    PROPOSED: _proposed,
    APPROVED: _approved,
    DECLINED: _declined,
    MOVED: _moved,
    STRAYED: _strayed,
    RESTORED: _restored,
    SHARED: _shared,
    SHADOWED: _shadowed,
    UNSHADOWED: _unshadowed,
    REFUSED: _refused,
    ACCEPTED: _accepted,
}
