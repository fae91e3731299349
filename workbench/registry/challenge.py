"""What follows for a model when its challenger was judged: withdrawn, given more traffic, or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.errors import ConfigurationError, RejectedError
from workbench.ledger import NewEvent
from workbench.registry.metric import METRICS
from workbench.registry.model import ModelState
from workbench.registry.promotion import (
    AUTOMATIC,
    ONE_APPROVAL,
    Wish,
    moved,
    promote,
    rejection,
)
from workbench.registry.traffic import ROLLBACK, promotion_of
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.project import ModelConfig
    from workbench.registry.gates import NamedGate

EXPIRED = "expired"
"""Why a challenger was withdrawn of which nothing was shown in time; a run may ask for it again."""


def challenge_metric(model: str, config: ModelConfig) -> str:
    """Return the metric that a model's challengers are judged by.

    Raises:
        ConfigurationError: the model declares no challenge, or a metric without a loss per row.
    """
    if config.challenge is None:
        key = f"models.{model}.challenge"
        raise ConfigurationError(
            f"workbench.toml: {model!r} does not say how a challenger is judged.",
            hint=f"Declare it: [{key}].",
            file="workbench.toml",
            key=key,
        )
    wanted = config.challenge.metric or config.metric
    known = [m.name for m in METRICS.values() if m.loss and config.task in m.tasks]
    if wanted not in known:
        key = f"models.{model}.challenge.metric"
        raise ConfigurationError(
            f"workbench.toml, {key}: {wanted!r} cannot be compared row by row for a {config.task} model.",
            hint=f"Choose one of: {', '.join(known)}.",
            file="workbench.toml",
            key=key,
        )
    return wanted


def withdraw(state: ModelState, *, why: str, reason: str) -> list[NewEvent]:
    """Return the events after which nobody is challenger; whatever was asked for it is rejected with it.

    Args:
        state: the model's present state; somebody is challenger.
        why: what it is part of: a rollback, or that it expired.
        reason: for the record.
    """
    number = state.challenger
    waiting = [p for p in state.pending if p.version == number]
    rejections = [rejection(state, promotion, reason) for promotion in waiting]
    return [*rejections, moved(state, CHALLENGER, None, why=why, reason=reason)]


def end(state: ModelState, *, reason: str) -> list[NewEvent]:
    """Return the events by which a person ends a challenge, whatever its outcomes.

    Raises:
        RejectedError: nobody challenges.
    """
    if state.challenger is None:
        raise RejectedError(
            f"Nobody challenges the champion of {state.name!r}.",
            hint=f"See who serves: workbench models {state.name}",
            evidence=None,
        )
    return withdraw(state, why=ROLLBACK, reason=reason)


def crown(
    state: ModelState,
    policy: str,
    gates: Sequence[NamedGate],
    *,
    reason: str,
    actor: str,
    ask: bool,
    by_hand: bool = False,
) -> list[NewEvent]:
    """Return the events by which the challenger becomes champion, or is asked for as the policy wants it.

    Args:
        state: the model's present state; somebody is challenger.
        policy: automatic, one-approval or four-eyes.
        gates: what the model declares today.
        reason: for the record.
        actor: what judged it.
        ask: whether a person is asked in any case.
        by_hand: whether a version that came of a person's session may be promoted.

    Raises:
        RejectedError: the evidence does not carry it any more, or a person decided against it.
    """
    number = state.challenger
    assert number is not None
    asked = promotion_of(state, number)
    wish = Wish(
        number,
        ONE_APPROVAL if ask and policy == AUTOMATIC else policy,
        gates,
        alias=CHAMPION,
        reason=reason,
        actor=actor,
        author=(asked.author or asked.actor) if asked else "",
        by_hand=by_hand,
        unattended=True,
    )
    return promote(state, wish)
