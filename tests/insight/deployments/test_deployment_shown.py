"""What the page and the widgets show of a deployment: versions, gates, decisions, challenges."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.insight.deployments.deployed import APPROVER, DAY, OPERATOR, START, VIEWER, Deployed
from tests.registry.models import MODEL
from workbench.errors import UnknownNameError
from workbench.insight import deployments
from workbench.insight.deployments import (
    Measure,
    challenges,
    deployment,
    gates,
    model_names,
    past,
    version_shown,
    versions,
)
from workbench.insight.deployments.measures import measures
from workbench.registry.gate import GateResult
from workbench.registry.verdict import Verdict


def test_what_serves_says_who_put_it_there_and_what_waits(shop: Deployed) -> None:
    """Champion with its reason, and the promotion that waits with what it would do."""
    found = deployment(shop.store, VIEWER, MODEL)
    assert (found.policy, found.versions) == ("one-approval", 2)
    (arm,) = found.arms
    assert (arm.version, arm.role, arm.share, arm.actor) == (1, "champion", 1.0, "ann@dashboards")
    assert (arm.reason, arm.since) == ("the first one", START + DAY)
    (waiting,) = found.waiting
    assert (waiting.promotion.version, waiting.promotion.replaces) == (2, 1)
    assert (waiting.blocked, waiting.verdict) == ("", Verdict.PASS)
    assert model_names(shop.store, VIEWER) == (MODEL,)


def test_a_promotion_whose_champion_was_replaced_meanwhile_is_blocked(shop: Deployed) -> None:
    """Its gates compared it with another champion than the present."""
    shop.candidate("c")
    deployments.approve(shop.store, APPROVER, MODEL, 2, reason="two")
    (waiting,) = deployment(shop.store, VIEWER, MODEL).waiting
    assert waiting.promotion.version == 3
    assert "its gates ran when version 1 was champion, but now version 2 is" in waiting.blocked


def test_a_model_of_which_nothing_is_known_shows_nothing(make: Callable[[str], Deployed]) -> None:
    """Nothing is made up; another name is an error."""
    shop = make("automatic")
    shop.look()
    found = deployment(shop.store, VIEWER, MODEL)
    assert (found.arms, found.waiting, found.versions) == ((), (), 0)
    assert versions(shop.store, VIEWER, MODEL) == ()
    assert past(shop.store, VIEWER, MODEL) == ()
    with pytest.raises(UnknownNameError):
        deployment(shop.store, VIEWER, "nothing")


def test_versions_are_told_in_brief_the_newest_first(shop: Deployed) -> None:
    """With what each is, and what its gates said."""
    shop.candidate("c", champion="inconclusive")
    found = versions(shop.store, VIEWER, MODEL)
    assert [(v.number, v.roles, v.verdict) for v in found] == [
        (3, (), Verdict.INCONCLUSIVE),
        (2, (), Verdict.PASS),
        (1, ("champion",), Verdict.PASS),
    ]
    shown = version_shown(shop.store, VIEWER, MODEL, 3)
    assert "gate champion is inconclusive" in shown.blocked
    assert (shown.against, shown.stage) == (1, "train")
    assert version_shown(shop.store, VIEWER, MODEL, 2).blocked == ""


def test_gates_are_a_checklist_with_those_that_never_ran(shop: Deployed) -> None:
    """What is declared and missing is inconclusive, for missing evidence never passes."""
    found = gates(shop.store, VIEWER, MODEL, 2)
    assert [(gate.name, gate.verdict, gate.note) for gate in found] == [
        ("quality", Verdict.PASS, ""),
        ("champion", Verdict.PASS, ""),
    ]
    assert found[0].evidence == "quality says pass"
    assert "at least 0.7" in found[0].limit
    shop.runs.train("d")
    shop.look()
    assert {(gate.verdict, gate.note) for gate in gates(shop.store, VIEWER, MODEL, 3)} == {
        (Verdict.INCONCLUSIVE, "never ran")
    }


MEASURES = [
    (
        "quality",
        {"metric": "auc", "value": 0.75},
        {"metric": "auc", "at_least": 0.7, "at_most": None},
        [Measure("auc", 0.75, at_least=0.7)],
    ),
    (
        "champion",
        {"difference": -0.1, "lower": -0.2, "upper": 0.0, "against": 3},
        {"metric": "log_loss", "margin": 0.005},
        [Measure("log_loss less version 3's", -0.1, -0.2, 0.0, at_most=0.005)],
    ),
    (
        "fairness",
        {"difference": {"value": 0.1, "lower": 0.0, "upper": 0.2}, "ratio": None},
        {"metric": "bias", "max_difference": 0.3, "min_ratio": None},
        [Measure("difference of bias", 0.1, 0.0, 0.2, at_least=-0.3, at_most=0.3)],
    ),
    (
        "latency",
        {"p50_below_seconds": 0.0002},
        {"p50": "1ms", "p99": None},
        [Measure("p50 of one row", 0.0002, at_most=0.001, unit="seconds")],
    ),
    ("size", {"bytes": 300}, {"at_most": "1KB"}, [Measure("size", 300, at_most=1000, unit="bytes")]),
    ("size", {}, {"at_most": "1KB"}, []),
    ("of another workbench", {"value": 1}, {}, []),
]


@pytest.mark.parametrize(("kind", "evidence", "rule", "expected"), MEASURES)
def test_the_numbers_of_a_gate_stand_beside_their_limits(
    kind: str, evidence: dict[str, object], rule: dict[str, object], expected: list[Measure]
) -> None:
    """What another workbench kept otherwise has its words alone."""
    result = GateResult("g", kind, Verdict.PASS, "words", rule, evidence)
    assert list(measures(result)) == expected


def test_the_past_tells_each_decision_once_with_who_and_why(shop: Deployed) -> None:
    """A wish, its approval and the move that follows are one line where they were one write."""
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.1, reason="try")
    deployments.set_traffic(shop.store, OPERATOR, MODEL, 0.5, reason="more")
    deployments.roll_back(shop.store, OPERATOR, MODEL, reason="worse")
    found = past(shop.store, VIEWER, MODEL)
    assert [(each.kind, each.what, each.by) for each in found] == [
        ("rolled back", "Version 2, the challenger, was rolled back", "by oda@dashboards"),
        ("traffic", "Version 2 got 50 % of the traffic, instead of 10 %", "by oda@dashboards"),
        ("traffic", "Version 2 got 10 % of the traffic, instead of 0 %", "by ann@dashboards"),
        ("promoted", "Version 2 became challenger", "by ann@dashboards"),
        ("asked", "Version 2 was proposed as champion", "by ada@lab"),
        ("approved", "Version 1 became champion", "by ann@dashboards"),
        ("asked", "Version 1 was proposed as champion", "by ada@lab"),
    ]
    assert past(shop.store, VIEWER, MODEL) is found


def test_under_an_automatic_policy_the_policy_decided(make: Callable[[str], Deployed]) -> None:
    """Nobody is named as if they had looked."""
    shop = make("automatic")
    shop.candidate("a")
    (only,) = past(shop.store, VIEWER, MODEL)
    assert (only.kind, only.machine, only.by) == ("promoted", True, "by the policy, in a run of ada@lab")
    assert only.run == shop.runs.run


def test_a_challenge_is_told_look_after_look(shop: Deployed) -> None:
    """Each pair of versions by itself, the newest first; that which goes on says how it stands."""
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", reason="try")
    shop.judged(9, 1, "rollback", mean=0.2, lower=0.1, upper=0.3)
    shop.judged(2, 1, "inconclusive", mean=-0.01)
    shop.judged(2, 1, "promote", mean=-0.02, lower=-0.04, upper=0.001)
    newest, oldest = challenges(shop.store, VIEWER, MODEL)
    assert (newest.version, newest.against, newest.present) == (2, 1, True)
    assert [look.mean for look in newest.looks] == [-0.01, -0.02]
    assert newest.sentence == (
        "Version 2 is no worse than version 1: log_loss -0.0200 on average of 12 blocks "
        "(at least -0.0400 and at most +0.0010), margin +0.005, with 10 % of the traffic."
    )
    assert (oldest.version, oldest.present) == (9, False)
    assert oldest.sentence == "Version 9 against version 1: nothing was done."
