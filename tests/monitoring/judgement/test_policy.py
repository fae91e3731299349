"""What follows from what is known, at the moments where it is close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbench.monitoring.finding import CHALLENGER, Check
from workbench.monitoring.judgement.outcome import Outcome, outcome_of
from workbench.monitoring.judgement.pairs import Block
from workbench.monitoring.judgement.policy import Case, Rules, Step, decide
from workbench.project.monitoring import ChallengeConfig
from workbench.registry.model import ModelState
from workbench.registry.verdict import Verdict

NOW = datetime(2013, 5, 1, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def _state(share: float) -> ModelState:
    return ModelState("delay", aliases={"champion": 1, "challenger": 2}, share=share)


def _decided(verdict: str = "promote", *, share: float = 0.0, ago: timedelta = DAY, **case: Any) -> Step:
    outcome = Outcome(verdict, (), -0.01, None, None, "because")
    known: dict[str, Any] = {"guardrails": (), "shared_at": NOW - ago, "now": NOW, **case}
    return decide(_state(share), Case(outcome, **known), Rules(ChallengeConfig(), "automatic", ()))


def _check(verdict: Verdict) -> Check:
    return Check(CHALLENGER, "latency", verdict, "slow")


@pytest.mark.parametrize(
    ("share", "ago", "action"),
    [
        (0.0, timedelta(0), "raised"),
        (0.05, DAY / 2, "none"),
        (0.05, DAY - timedelta(seconds=5), "raised"),
        (0.3, DAY, "raised"),
        (1.0, DAY / 2, "none"),
    ],
)
def test_each_arm_has_its_time_and_a_moment_less_is_enough(share: float, ago: timedelta, action: str) -> None:
    """Who is not met by anybody yet need not wait."""
    assert _decided(share=share, ago=ago).action == action


def test_from_a_share_set_by_hand_it_goes_on_with_the_next_arm() -> None:
    (event,) = _decided(share=0.3).events
    assert event.data["after"] == 0.5


@pytest.mark.parametrize("verdict", ["promote", "rollback", "inconclusive"])
def test_a_broken_guardrail_counts_before_all_else(verdict: str) -> None:
    found = _decided(verdict, guardrails=(_check(Verdict.FAIL), _check(Verdict.PASS)), overdue=True)
    assert (found.action, found.reason) == ("withdrawn", "guardrail latency: slow")


def test_a_doubtful_guardrail_is_no_pass() -> None:
    """It goes no further, and is not withdrawn for it."""
    found = _decided(guardrails=(_check(Verdict.INCONCLUSIVE),))
    assert (found.action, found.events) == ("none", ())
    assert found.reason == "no worse, but it waits: guardrail latency: slow; because"


def test_whoever_is_no_worse_does_not_run_out_of_time() -> None:
    assert _decided(overdue=True).action == "raised"
    assert _decided("inconclusive", overdue=True).action == "expired"
    assert _decided("inconclusive").action == "none"


def test_worse_counts_even_when_no_worse_was_shown_before() -> None:
    """What was good for three weeks and bad for six is bad."""
    days = [Block(NOW, 50, -0.02)] * 15 + [Block(NOW, 50, 0.09)] * 60
    config = ChallengeConfig(margin=0.003)
    assert outcome_of(days[:15], config, metric="log_loss", against=1).verdict == "promote"
    assert outcome_of(days, config, metric="log_loss", against=1).verdict == "rollback"
