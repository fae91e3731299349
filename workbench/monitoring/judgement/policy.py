"""What is done about a challenger: withdrawn, given more traffic, made champion, asked for, or left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.errors import RejectedError
from workbench.ledger import NewEvent
from workbench.monitoring.finding import Check
from workbench.monitoring.judgement.outcome import PROMOTE, ROLLBACK, Outcome
from workbench.registry.challenge import EXPIRED, crown, withdraw
from workbench.registry.share import share_text
from workbench.registry.traffic import ROLLBACK as TAKEN_BACK
from workbench.registry.traffic import set_share
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.project.monitoring import ChallengeConfig
    from workbench.registry import ModelState
    from workbench.registry.gates import NamedGate

NONE, RAISED, PROMOTED, WITHDRAWN = "none", "raised", "promoted", "withdrawn"
ROLLED_BACK, ASKED, ENDED = "rolled_back", "asked", "expired"
JUDGE = "workbench judge"
"""Who acts."""

_NEARLY = 0.95  # of an arm's time: who looks each day is now and then a moment earlier than the day before


@dataclass(frozen=True)
class Rules:
    """What workbench.toml says of a challenge today."""

    config: ChallengeConfig
    policy: str
    gates: Sequence[NamedGate]
    by_hand: bool = False


@dataclass(frozen=True)
class Case:
    """What is known of a challenger.

    Attributes:
        shared_at: since when it has its share of the traffic.
        held_by: who lowered its traffic by hand, so that it is not raised by itself; empty when nobody did.
        overdue: whether it had all the time that it gets.
    """

    outcome: Outcome
    guardrails: Sequence[Check]
    shared_at: datetime
    now: datetime
    held_by: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class Step:
    """What is done, why, and the events of the model by which it is."""

    action: str
    reason: str
    events: tuple[NewEvent, ...] = ()


def decide(state: ModelState, case: Case, rules: Rules) -> Step:
    """Return what follows.

    A broken guardrail withdraws the challenger whatever else is known, and so does being worse. One that is
    no worse goes through the arms, a step at each evaluation and no sooner than `arm_time` after the last,
    while every guardrail passes; after the last it becomes champion as the model's promotion policy has it.
    """
    broken = [check for check in case.guardrails if check.verdict is Verdict.FAIL]
    if broken:
        why = "; ".join(f"guardrail {check.name}: {check.note}" for check in broken)
        return Step(WITHDRAWN, why, tuple(withdraw(state, why=TAKEN_BACK, reason=why)))
    outcome = case.outcome
    if outcome.verdict == ROLLBACK:
        why = f"worse than version {state.champion} by more than the margin: {outcome.reason}"
        return _taken(state, rules, ROLLED_BACK, TAKEN_BACK, why)
    if outcome.verdict == PROMOTE:
        return _rise(state, case, rules)
    if case.overdue:
        return _taken(state, rules, ENDED, EXPIRED, f"nothing was shown in time: {outcome.reason}")
    return Step(NONE, outcome.reason)


def _taken(state: ModelState, rules: Rules, action: str, why: str, reason: str) -> Step:
    if not rules.config.automatic:
        return Step(ASKED, f"{reason}. End it: workbench judge {state.name} --withdraw")
    return Step(action, reason, tuple(withdraw(state, why=why, reason=reason)))


def _rise(state: ModelState, case: Case, rules: Rules) -> Step:
    reason = case.outcome.reason
    if not rules.config.automatic:
        return _crown(state, rules, f"no worse: {reason}", ask=True)
    if case.held_by:
        told = f"{case.held_by} lowered its traffic to {share_text(state.share)}, which is left so"
        return Step(NONE, f"{told}; {reason}")
    doubtful = [check for check in case.guardrails if check.verdict is not Verdict.PASS]
    if doubtful:
        why = "; ".join(f"guardrail {check.name}: {check.note}" for check in doubtful)
        return Step(NONE, f"no worse, but it waits: {why}; {reason}")
    if state.share and case.now - case.shared_at < _NEARLY * rules.config.arm_time:
        return Step(NONE, f"no worse, with {share_text(state.share)} of the traffic for the time; {reason}")
    higher = [share for share in rules.config.arms if share > state.share]
    if not higher:
        return _crown(state, rules, f"no worse, and no guardrail broken: {reason}", ask=False)
    events = set_share(state, higher[0], reason=f"no worse: {reason}")
    return Step(
        RAISED, f"no worse, so it gets {share_text(higher[0])} of the traffic; {reason}", tuple(events)
    )


def _crown(state: ModelState, rules: Rules, reason: str, *, ask: bool) -> Step:
    try:
        events = crown(
            state, rules.policy, rules.gates, reason=reason, actor=JUDGE, ask=ask, by_hand=rules.by_hand
        )
    except RejectedError as error:
        return Step(NONE, f"{error.message} ({reason})")
    after = state.copy()
    for event in events:
        after.apply(event.kind, event.data, at=_SOMETIME, actor=JUDGE)
    if after.champion == state.challenger:
        return Step(PROMOTED, reason, tuple(events))
    if not events:
        return Step(
            NONE, f"waits for an approval: workbench approve {state.name} {state.challenger}; {reason}"
        )
    return Step(
        ASKED, f"{reason}. Approve it: workbench approve {state.name} {state.challenger}", tuple(events)
    )


_SOMETIME = datetime.max  # noqa: DTZ901 - the ledger gives the time when it writes
