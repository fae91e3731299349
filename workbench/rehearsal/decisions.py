"""What was decided about a model: refusals, trials, promotions, withdrawals, rollbacks, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.registry.deployment import REFUSED, SHARED
from workbench.registry.gate import GateResult
from workbench.registry.happened import DECLINED, EVALUATED, MOVED, PROPOSED
from workbench.registry.model import ModelState
from workbench.registry.promotion import AUTOMATIC
from workbench.registry.share import share_text
from workbench.registry.verdict import Verdict
from workbench.registry.version import CHAMPION
from workbench.rehearsal.moment import (
    ASKED,
    OVERRIDE,
    PROMOTION,
    REFUSAL,
    ROLLBACK,
    TRAFFIC,
    TRIAL,
    WITHDRAWAL,
    Moment,
    is_machine,
)

if TYPE_CHECKING:
    from workbench.ledger import Event

_TOLD = 2  # gates of a refusal that are named with their reason


def decisions(model: str, events: Sequence[Event]) -> Iterator[Moment]:
    """Yield what was decided, in order.

    Args:
        model: its name.
        events: of the model's stream, in order.
    """
    state = ModelState(model)
    for event in events:
        before = state.copy()
        state.take([event])
        step = _STEPS.get(event.kind)
        told = step(before, event) if step else None
        if told is not None:
            yield told


def _evaluated(_: ModelState, event: Event) -> Moment | None:
    data = event.data
    if Verdict(data["verdict"]) is Verdict.PASS:
        return None
    bad = [gate for gate in map(GateResult.from_dict, data["gates"]) if gate.verdict is not Verdict.PASS]
    told = "; ".join(f"{gate.name}: {gate.summary}" for gate in bad[:_TOLD])
    more = f" (and {len(bad) - _TOLD} more)" if len(bad) > _TOLD else ""
    doubt = "" if data["verdict"] == Verdict.FAIL.value else ", which could not judge it"
    what = f"Version {data['version']} was refused by its gates{doubt}"
    return _moment(event, REFUSAL, what, why=told + more, version=data["version"], run=data["run"])


def _server_refused(_: ModelState, event: Event) -> Moment:
    number = event.data["version"]
    why = f"{event.data['step']}: {event.data['sentence']}"
    return _moment(event, REFUSAL, f"A server did not let version {number} serve", why=why, version=number)


def _proposed(_: ModelState, event: Event) -> Moment | None:
    data = event.data
    by_itself = data["run"] or is_machine(event.actor)
    if data["policy"] == AUTOMATIC or not by_itself:
        return None
    what = f"Version {data['version']} waits for an approval as {data['alias']}"
    return _moment(event, ASKED, what, version=data["version"], run=data["run"])


def _declined(state: ModelState, event: Event) -> Moment | None:
    if is_machine(event.actor):
        return None  # it was withdrawn, which is told
    asked = state.promotions[event.data["promotion"]]
    what = f"Version {asked.version} was rejected as {asked.alias}"
    return _moment(event, OVERRIDE, what, version=asked.version, run=asked.run)


def _shared(_: ModelState, event: Event) -> Moment | None:
    data = event.data
    if data["why"] != "traffic":
        return None  # part of a promotion or a rollback, which is told as one
    what = f"Version {data['version']} got {share_text(data['after'])} of the traffic"
    kind = TRAFFIC if is_machine(event.actor) else OVERRIDE
    return _moment(event, kind, what, version=data["version"])


def _moved(state: ModelState, event: Event) -> Moment | None:
    data = event.data
    if data["alias"] == CHAMPION:
        return _champion_moved(state, event)
    if data["after"] is not None:
        kind = OVERRIDE if _by_hand(state, event) else TRIAL
        instead = f", in place of version {data['before']}" if data["before"] is not None else ""
        what = f"Version {data['after']} became challenger of version {state.champion}{instead}"
        return _moment(event, kind, what, version=data["after"], run=_run(state, data))
    if data["why"] == "promotion":
        return None  # it became champion, which is told
    gone = data["before"]
    expired = data["why"] != "rollback"
    kind = OVERRIDE if not is_machine(event.actor) else WITHDRAWAL if expired else ROLLBACK
    back = "withdrawn" if expired else "rolled back"
    return _moment(event, kind, f"Version {gone}, the challenger, was {back}", version=gone)


def _champion_moved(state: ModelState, event: Event) -> Moment:
    data = event.data
    if data["why"] == "rollback":
        what = f"Version {data['before']} was rolled back; version {data['after']} is champion again"
        kind = ROLLBACK if is_machine(event.actor) else OVERRIDE
        return _moment(event, kind, what, version=data["before"])
    instead = f" in place of version {data['before']}" if data["before"] is not None else ""
    kind = OVERRIDE if data["before"] is not None and _by_hand(state, event) else PROMOTION
    what = f"Version {data['after']} became champion{instead}"
    return _moment(event, kind, what, version=data["after"], run=_run(state, data))


def _by_hand(state: ModelState, event: Event) -> bool:
    """Whether a person wished it, and neither a run nor the judge."""
    asked = state.promotions.get(event.data["promotion"] or 0)
    return not is_machine(event.actor) and asked is not None and not asked.run and not is_machine(asked.actor)


def _run(state: ModelState, data: Mapping[str, Any]) -> str:
    asked = state.promotions.get(data["promotion"] or 0)
    return asked.run if asked else ""


def _moment(
    event: Event, kind: str, what: str, *, why: str | None = None, version: int | None = None, run: str = ""
) -> Moment:
    said = event.data.get("reason", "") if why is None else why
    return Moment(
        event.at, kind, what, event.actor, said, event.position, event.stream, event.kind, version, run
    )


_STEPS = {
    EVALUATED: _evaluated,
    REFUSED: _server_refused,
    PROPOSED: _proposed,
    DECLINED: _declined,
    SHARED: _shared,
    MOVED: _moved,
}
