"""What people do about a deployment: allowed by their role, under their name, for what they were told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.insight.deployments.deployed import APPROVER, OPERATOR, SCIENTIST, VIEWER, Deployed
from tests.registry.models import MODEL
from workbench.access import Person
from workbench.errors import AccessError, RejectedError, UsageError
from workbench.insight import deployments
from workbench.insight.deployments import deployment, past


def served(shop: Deployed) -> tuple[int | None, int | None, float]:
    """Return champion, challenger and the challenger's share, by the ledger."""
    seen = deployment(shop.store, VIEWER, MODEL).seen
    return seen.champion, seen.challenger, seen.share


ACTS: dict[str, tuple[Callable[[Deployed, Person], str], Person]] = {
    "propose": (lambda s, p: deployments.propose(s.store, p, MODEL, 2, reason="r"), SCIENTIST),
    "approve": (lambda s, p: deployments.approve(s.store, p, MODEL, 2, reason="r"), APPROVER),
    "reject": (lambda s, p: deployments.reject(s.store, p, MODEL, 2, reason="r"), APPROVER),
    "promote": (lambda s, p: deployments.promote(s.store, p, MODEL, 2, reason="r"), APPROVER),
    "traffic": (lambda s, p: deployments.set_traffic(s.store, p, MODEL, 0.5, reason="r"), OPERATOR),
    "rollback": (lambda s, p: deployments.roll_back(s.store, p, MODEL, reason="r"), OPERATOR),
    "withdraw": (lambda s, p: deployments.withdraw(s.store, p, MODEL, reason="r"), OPERATOR),
}
PERMITS = {"withdraw": "rollback"}
LESS = {SCIENTIST: VIEWER, APPROVER: SCIENTIST, OPERATOR: APPROVER}


@pytest.mark.parametrize("name", ACTS)
def test_a_role_too_small_is_refused_and_nothing_is_written(shop: Deployed, name: str) -> None:
    """The data layer asks, whatever a page shows."""
    act, person = ACTS[name]
    before = shop.ledger.head()
    with pytest.raises(AccessError, match=f"may not {PERMITS.get(name, name)}"):
        act(shop, LESS[person])
    assert shop.ledger.head() == before


def test_an_approval_makes_the_version_champion_under_the_approvers_name(shop: Deployed) -> None:
    """The consequence that was told is what happens, and the record says who and why."""
    told = deployments.approve_consequence(shop.store, APPROVER, MODEL, 2)
    assert told == (
        "Version 2, the new champion, will answer all callers at once. "
        "Version 1 will answer nobody any more. Servers follow within a second."
    )
    seen = deployment(shop.store, APPROVER, MODEL).seen
    said = deployments.approve(shop.store, APPROVER, MODEL, 2, reason="it is better", seen=seen)
    assert said == "Version 2, the champion, answers all callers."
    newest = past(shop.store, VIEWER, MODEL)[0]
    assert (newest.kind, newest.what) == ("approved", "Version 2 became champion in place of version 1")
    assert (newest.actor, newest.why, newest.machine) == ("ann@dashboards", "it is better", False)


def test_a_rejection_leaves_what_serves(shop: Deployed) -> None:
    """And nothing waits any more."""
    assert "stays as it is" in deployments.reject_consequence(shop.store, APPROVER, MODEL, 2)
    deployments.reject(shop.store, APPROVER, MODEL, 2, reason="not in March")
    assert served(shop) == (1, None, 0.0)
    assert deployment(shop.store, VIEWER, MODEL).waiting == ()
    assert past(shop.store, VIEWER, MODEL)[0].kind == "rejected"


def test_a_challenger_gets_traffic_and_a_rollback_takes_it(shop: Deployed) -> None:
    """Each step says beforehand what callers will notice."""
    told = deployments.promote_consequence(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.1)
    assert "Version 2, the new challenger, will answer 10 % of the requests at once." in told
    assert "Version 1 will answer 90 % of the requests instead of 100 %." in told
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.1, reason="try it")
    assert served(shop) == (1, 2, 0.1)
    told = deployments.set_traffic_consequence(shop.store, OPERATOR, MODEL, 0.25)
    assert "Version 2 will answer 25 % of the requests instead of 10 %." in told
    deployments.set_traffic(shop.store, OPERATOR, MODEL, 0.25, reason="more")
    assert served(shop) == (1, 2, 0.25)
    told = deployments.roll_back_consequence(shop.store, OPERATOR, MODEL)
    assert told.startswith("Version 1 will answer all callers instead of 75 %. Version 2 will answer nobody")
    deployments.roll_back(shop.store, OPERATOR, MODEL, reason="it is worse")
    assert served(shop) == (1, None, 0.0)


def test_a_challenger_that_answers_nobody_is_withdrawn(shop: Deployed) -> None:
    """A rollback would take the champion; nobody who calls notices this, and no run asks for it again."""
    refused = deployments.withdraw_consequence(shop.store, OPERATOR, MODEL)
    assert refused.startswith("This would be refused: Nobody challenges the champion of 'delay'.")
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.0, reason="compare it")
    assert deployments.withdraw_consequence(shop.store, OPERATOR, MODEL) == (
        "Version 2 is challenger no more. Servers follow within a second. "
        "It is not judged any more, and no run asks for it again by itself; a person may."
    )
    seen = deployment(shop.store, OPERATOR, MODEL).seen
    said = deployments.withdraw(shop.store, OPERATOR, MODEL, reason="seen enough", seen=seen)
    assert said == "Version 1, the champion, answers all callers."
    assert served(shop) == (1, None, 0.0)
    newest = past(shop.store, VIEWER, MODEL)[0]
    assert (newest.kind, newest.actor, newest.why) == ("rolled back", "oda@dashboards", "seen enough")
    with pytest.raises(RejectedError, match="Nobody challenges"):
        deployments.withdraw(shop.store, OPERATOR, MODEL, reason="again")


def test_a_challenger_is_withdrawn_with_its_traffic(shop: Deployed) -> None:
    """Callers are told of, too."""
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.2, reason="try it")
    told = deployments.withdraw_consequence(shop.store, OPERATOR, MODEL)
    assert told.startswith("Version 1 will answer all callers instead of 80 %. Version 2 will answer nobody")
    deployments.withdraw(shop.store, OPERATOR, MODEL, reason="seen enough")
    assert served(shop) == (1, None, 0.0)


def test_a_shadow_answers_nobody_and_ends(shop: Deployed) -> None:
    """No gate is asked for it."""
    told = deployments.promote_consequence(shop.store, APPROVER, MODEL, 2, to="shadow")
    assert told.startswith("Version 2 will score every request beside those that answer")
    # its files are no model's here, so it is added as the registry writes it
    from workbench.registry.decision import write_decision
    from workbench.registry.traffic import add_shadow

    write_decision(shop.ledger, MODEL, lambda state: add_shadow(state, 2), actor="ann@dashboards")
    shop.look()
    assert [arm.version for arm in deployment(shop.store, VIEWER, MODEL).shadows] == [2]
    told = deployments.remove_shadow_consequence(shop.store, OPERATOR, MODEL, 2)
    assert told.startswith("Version 2 will be a shadow no more")
    deployments.remove_shadow(shop.store, OPERATOR, MODEL, 2, reason="seen enough")
    assert deployment(shop.store, VIEWER, MODEL).shadows == ()


@pytest.mark.parametrize("policy", ["automatic", "one-approval", "four-eyes"])
def test_a_proposal_waits_for_a_person_whatever_the_policy(
    make: Callable[[str], Deployed], policy: str
) -> None:
    """Who only asks changes nothing for callers."""
    shop = make(policy)
    shop.runs.train("a")
    shop.runs.evaluate("a")
    shop.look()
    assert "until somebody approves it" in deployments.propose_consequence(shop.store, SCIENTIST, MODEL, 1)
    deployments.propose(shop.store, SCIENTIST, MODEL, 1, reason="look at it")
    assert served(shop) == (None, None, 0.0)
    (waiting,) = deployment(shop.store, APPROVER, MODEL).waiting
    assert (waiting.promotion.actor, waiting.blocked, waiting.own) == ("sue@dashboards", "", False)
    deployments.propose(shop.store, SCIENTIST, MODEL, 1, reason="again")
    assert len(deployment(shop.store, APPROVER, MODEL).waiting) == 1
    deployments.approve(shop.store, APPROVER, MODEL, waiting.promotion.number, reason="fine")
    assert served(shop)[0] == 1


def test_under_four_eyes_nobody_approves_what_they_asked_for(make: Callable[[str], Deployed]) -> None:
    """The page knows it before they try, and the registry refuses."""
    shop = make("four-eyes")
    shop.runs.train("a")
    shop.runs.evaluate("a")
    shop.look()
    deployments.propose(shop.store, APPROVER, MODEL, 1, reason="mine")
    (waiting,) = deployment(shop.store, APPROVER, MODEL).waiting
    assert waiting.own
    assert deployments.approve_consequence(shop.store, APPROVER, MODEL, 1).startswith("This would be refused")
    with pytest.raises(RejectedError, match="somebody else has to look"):
        deployments.approve(shop.store, APPROVER, MODEL, 1, reason="mine, too")
    assert not deployment(shop.store, OPERATOR, MODEL).waiting[0].own


def test_what_fails_its_gates_is_neither_proposed_nor_promoted(shop: Deployed) -> None:
    """The consequence says so, and so does the refusal."""
    shop.candidate("c", quality="fail")
    assert deployments.propose_consequence(shop.store, SCIENTIST, MODEL, 3).startswith(
        "This would be refused: Version 3 of 'delay' cannot become champion: gate quality failed"
    )
    with pytest.raises(RejectedError, match="gate quality failed"):
        deployments.propose(shop.store, SCIENTIST, MODEL, 3, reason="r")
    with pytest.raises(RejectedError, match="gate quality failed"):
        deployments.promote(shop.store, APPROVER, MODEL, 3, reason="r")


CHANGED: dict[str, Callable[[Deployed, Any], str]] = {
    "approve": lambda s, seen: deployments.approve(s.store, APPROVER, MODEL, 2, reason="r", seen=seen),
    "promote": lambda s, seen: deployments.promote(s.store, APPROVER, MODEL, 2, reason="r", seen=seen),
    "traffic": lambda s, seen: deployments.set_traffic(s.store, OPERATOR, MODEL, 0.5, reason="r", seen=seen),
    "rollback": lambda s, seen: deployments.roll_back(s.store, OPERATOR, MODEL, reason="r", seen=seen),
    "withdraw": lambda s, seen: deployments.withdraw(s.store, OPERATOR, MODEL, reason="r", seen=seen),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_changed_while_somebody_decided_is_said_and_nothing_is_done(shop: Deployed, name: str) -> None:
    """One sentence about what serves now; a second try, told of it, may go through."""
    seen = deployment(shop.store, APPROVER, MODEL).seen
    deployments.promote(shop.store, APPROVER, MODEL, 2, to="challenger", traffic=0.2, reason="another page")
    before = shop.ledger.head()
    with pytest.raises(RejectedError, match="version 1 is champion and version 2 is challenger with 20 %"):
        CHANGED[name](shop, seen)
    assert shop.ledger.head() == before


@pytest.mark.parametrize("name", ACTS)
def test_nobody_acts_without_a_reason(shop: Deployed, name: str) -> None:
    """Spaces are none."""
    calls = {
        "propose": lambda: deployments.propose(shop.store, OPERATOR, MODEL, 2, reason=" "),
        "approve": lambda: deployments.approve(shop.store, OPERATOR, MODEL, 2, reason=" "),
        "reject": lambda: deployments.reject(shop.store, OPERATOR, MODEL, 2, reason=" "),
        "promote": lambda: deployments.promote(shop.store, OPERATOR, MODEL, 2, reason=" "),
        "traffic": lambda: deployments.set_traffic(shop.store, OPERATOR, MODEL, 0.1, reason=" "),
        "rollback": lambda: deployments.roll_back(shop.store, OPERATOR, MODEL, reason=" "),
        "withdraw": lambda: deployments.withdraw(shop.store, OPERATOR, MODEL, reason=" "),
    }
    with pytest.raises(UsageError, match="reason"):
        calls[name]()
