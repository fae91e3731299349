from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, candidate, gates, make_project
from workbench.errors import RejectedError, UnknownNameError, UsageError
from workbench.ledger import Append, MemoryLedger, NewEvent
from workbench.ledger.actor import ACTOR, local_actor, person
from workbench.registry import Registry
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels


def shop(folder: Path, ledger: MemoryLedger, policy: str) -> tuple[Runs, Registry]:
    """A model under a policy, with one version whose promotion a run has asked for."""
    runs = Runs(make_project(folder / policy, policy=policy), ledger)
    runs.champion("a")
    projection = Projection(ledger, MemoryModels(), folder / "state")
    return runs, Registry(runs.project, ledger, projection)


@pytest.fixture
def one(tmp_path: Path, ledger: MemoryLedger) -> tuple[Runs, Registry]:
    return shop(tmp_path, ledger, "one-approval")


@pytest.fixture
def four(tmp_path: Path, ledger: MemoryLedger) -> tuple[Runs, Registry]:
    return shop(tmp_path, ledger, "four-eyes")


@pytest.mark.parametrize("policy", ["one-approval", "four-eyes"])
def test_an_approval_moves_the_alias_and_keeps_who_when_and_why(
    tmp_path: Path, ledger: MemoryLedger, policy: str
) -> None:
    """The approval and the move are one write, with the approver's name and reason."""
    runs, registry = shop(tmp_path, ledger, policy)
    assert registry.model(MODEL).champion is None
    waiting = registry.waiting(MODEL)
    assert (waiting.version, waiting.actor, waiting.policy) == (1, "ada@lab", policy)
    decided = registry.approve(MODEL, waiting.number, reason="looks right", actor="bob@lab")
    assert (decided.before, decided.after, decided.waits) == (None, 1, None)
    approved = runs.state.promotions[1]
    assert approved.decision is not None
    assert (approved.state, approved.decision.actor, approved.decision.reason) == (
        "approved",
        "bob@lab",
        "looks right",
    )
    assert approved.decision.at == runs.state.moves[-1].at
    kinds = [event.kind for event in ledger.find(newest_first=True, limit=2)]
    assert kinds == ["alias.moved", "promotion.approved"]


@pytest.mark.parametrize("actor", ["ada@lab", "Ada@elsewhere", "ada via ops@server"])
def test_under_four_eyes_nobody_approves_their_own_proposal(four: tuple[Runs, Registry], actor: str) -> None:
    """Whatever machine or name they come by, and nothing is written."""
    runs, registry = four
    before = runs.ledger.head()
    with pytest.raises(RejectedError, match="under four eyes somebody else has to look") as error:
        registry.approve(MODEL, 1, actor=actor)
    assert f"run {runs.run}, which ada@lab started" in error.value.message
    assert "Ask a colleague: workbench approve delay 1" in error.value.hint
    assert runs.ledger.head() == before
    assert registry.promote(MODEL, 1, actor=actor).waits is not None


def test_the_author_of_a_runs_proposal_is_who_started_the_run(tmp_path: Path, ledger: MemoryLedger) -> None:
    """Who goes on with somebody's run does not make it theirs alone: neither of the two may approve."""
    runs = Runs(make_project(tmp_path / "shop", policy="four-eyes"), ledger)
    started = NewEvent("run.started", {"run": runs.run}, subject="main")
    ledger.append(Append(f"run/{runs.run}", 0, (started,)), actor="eve@lab")
    runs.champion("a")
    registry = Registry(runs.project, ledger, Projection(ledger, MemoryModels(), tmp_path / "state"))
    assert (registry.waiting(MODEL).author, registry.waiting(MODEL).actor) == ("eve@lab", "ada@lab")
    for actor in ("eve@lab", "ada@lab"):
        with pytest.raises(RejectedError, match="which eve@lab started"):
            registry.approve(MODEL, 1, actor=actor)
    assert registry.approve(MODEL, 1, actor="bob@lab").after == 1


def test_one_approval_may_be_the_authors_own(one: tuple[Runs, Registry]) -> None:
    """One person has to look, whoever it is."""
    assert one[1].approve(MODEL, 1, actor="ada@lab").after == 1


def test_a_looser_policy_does_not_let_through_what_waits(tmp_path: Path, ledger: MemoryLedger) -> None:
    """The stricter of then and now holds; otherwise its author could edit workbench.toml first."""
    runs, _ = shop(tmp_path, ledger, "four-eyes")
    loosened = make_project(tmp_path / "four-eyes", policy="automatic")
    registry = Registry(loosened, ledger, Projection(ledger, MemoryModels(), tmp_path / "state"))
    with pytest.raises(RejectedError, match="under four eyes"):
        registry.approve(MODEL, 1, actor="ada@lab")
    assert registry.promote(MODEL, 1, actor="ada@lab").waits is not None
    assert Runs(loosened, ledger).promote("a") == 0
    assert runs.state.champion is None
    tightened = Registry(runs.project, ledger, Projection(ledger, MemoryModels(), tmp_path / "state"))
    assert tightened.promote(MODEL, 1, actor="bob@lab").moved


def test_a_rejection_keeps_the_champion_and_its_reason(one: tuple[Runs, Registry]) -> None:
    """A run does not ask again for what somebody rejected; a person may."""
    runs, registry = one
    decided = registry.reject(MODEL, 1, reason="too late at night", actor="bob@lab")
    assert (decided.moved, runs.state.pending) == (False, [])
    last = runs.ledger.find(newest_first=True, limit=1)[0]
    assert (last.kind, last.actor, last.data["reason"]) == (
        "promotion.rejected",
        "bob@lab",
        "too late at night",
    )
    with pytest.raises(
        RejectedError, match=r"bob@lab rejected it \(too late at night\), and a run does not ask again"
    ):
        runs.promote("a")
    assert registry.promote(MODEL, 1, actor="eve@lab").after == 1
    assert [p.state for p in runs.state.promotions.values()] == ["rejected", "approved"]


@pytest.mark.parametrize("review", ["approve", "reject"])
def test_what_is_decided_is_not_decided_again(one: tuple[Runs, Registry], review: str) -> None:
    """The message says who did it and when."""
    runs, registry = one
    registry.approve(MODEL, 1, actor="bob@lab")
    before = runs.ledger.head()
    with pytest.raises(UsageError, match=r"was approved by bob@lab at 2013-01-01 00:00 already"):
        getattr(registry, review)(MODEL, 1, reason="no")
    assert runs.ledger.head() == before


def test_an_approval_stands_on_evidence_against_todays_champion(one: tuple[Runs, Registry]) -> None:
    """When another became champion while a promotion waited, it is measured again first."""
    runs, registry = one
    runs.champion("b")
    registry.approve(MODEL, 2, actor="bob@lab")
    why = registry.blocked(runs.state, registry.waiting(MODEL, version=1))
    assert "its gates ran when nobody was champion, but now version 2 is" in why
    with pytest.raises(RejectedError, match="but now version 2 is"):
        registry.approve(MODEL, 1, actor="bob@lab")
    runs.evaluate("a")
    assert registry.blocked(runs.state, registry.waiting(MODEL)) == ""
    assert registry.approve(MODEL, 1, actor="bob@lab").after == 1


def test_what_is_champion_already_needs_no_approval(one: tuple[Runs, Registry]) -> None:
    """A promotion that a rollback made needless is closed by a rejection."""
    runs, registry = one
    registry.approve(MODEL, 1, actor="bob@lab")
    runs.champion("b")
    registry.approve(MODEL, 2, actor="bob@lab")
    runs.evaluate("a")
    registry.promote(MODEL, 1, actor="ada@lab")
    runs.evaluate("b")
    runs.promote("b")
    registry.rollback(MODEL, actor="eve@lab")
    with pytest.raises(RejectedError, match=r"Version 2 of 'delay' is champion already"):
        registry.approve(MODEL, registry.waiting(MODEL).number, actor="bob@lab")
    assert not registry.reject(MODEL, registry.waiting(MODEL).number, reason="moot", actor="bob@lab").moved


def test_gates_that_ran_on_other_data_than_the_training_carry_nothing(
    tmp_path: Path, ledger: MemoryLedger
) -> None:
    """A dataset that was read by training and by judging has to be the same version of it."""
    runs = Runs(make_project(tmp_path / "shop"), ledger)
    runs.train("a")
    request = {"kind": "evidence", "model": MODEL, "candidate": "candidate", "gates": gates()}
    later = {"kind": "dataset", "fingerprint": "f2", "rows": 12, "files": []}
    champion = runs.inputs("a")["delay@champion"]
    inputs = {"candidate": candidate("a"), "features": later, "delay@champion": champion}
    runs.end("evaluate", inputs=inputs, requests=[request])
    with pytest.raises(
        RejectedError,
        match="its gates ran on other data: they read features with the fingerprint f2, "
        "but it was trained from version 3, f1",
    ):
        runs.promote("a")
    runs.evaluate("a")
    assert runs.promote("a") == 3


def test_a_promotion_that_waits_is_found_by_version_number_or_alone(one: tuple[Runs, Registry]) -> None:
    """Which is meant is never guessed, and what does not wait says what to do."""
    runs, registry = one
    assert registry.waiting(MODEL) == registry.waiting(MODEL, version=1) == registry.waiting(MODEL, number=1)
    runs.champion("b")
    with pytest.raises(
        UsageError, match=r"2 promotions of 'delay' wait: version 1 as champion \(delay:1\), ver"
    ):
        registry.waiting(MODEL)
    with pytest.raises(UnknownNameError, match=r"promotion of 'delay' named '7'.\nThere are: 1, 2"):
        registry.waiting(MODEL, number=7)
    with pytest.raises(UnknownNameError, match="version of 'delay' named '9'"):
        registry.waiting(MODEL, version=9)
    runs.train("c")
    with pytest.raises(UsageError, match="No promotion of version 3 of 'delay' waits") as error:
        registry.waiting(MODEL, version=3)
    assert error.value.hint == "Ask for one: workbench promote delay 3"


def test_a_service_acts_under_its_name_and_is_recorded_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """WORKBENCH_ACTOR is a claim, and the record says who made it."""
    monkeypatch.delenv(ACTOR, raising=False)
    signed_in = local_actor()
    monkeypatch.setenv(ACTOR, " night-shift ")
    assert local_actor() == f"night-shift via {signed_in}"
    assert person(local_actor()) == "night-shift"
    for wrong in ("a via b", "a\nb"):
        monkeypatch.setenv(ACTOR, wrong)
        with pytest.raises(UsageError, match="cannot stand in the record as a name"):
            local_actor()


def test_a_service_name_reaches_the_ledger(tmp_path: Path) -> None:
    """Every event of such a process carries it."""
    code = (
        "from workbench.clock import SystemClock; from workbench.ledger import *\n"
        f"ledger = open_ledger('sqlite:///{tmp_path}/l.db', SystemClock())\n"
        "print(ledger.append(Append('s', 0, (NewEvent('k', {}),)))[0].actor)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={ACTOR: "ci"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ci via ")
