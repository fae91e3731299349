from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, gate, gates, make_project
from workbench.errors import RejectedError, UnknownNameError
from workbench.ledger import MemoryLedger
from workbench.pipeline.outcome import Outcome
from workbench.registry import Registry, Verdict
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels


@pytest.fixture
def registry(runs: Runs, tmp_path: Path) -> Registry:
    return registry_of(runs, tmp_path)


def registry_of(runs: Runs, folder: Path) -> Registry:
    projection = Projection(runs.ledger, MemoryModels(), folder / "state")
    return Registry(runs.project, runs.ledger, projection)


def test_a_pipeline_brings_its_candidate_to_champion(runs: Runs) -> None:
    """Training registers, evaluating attaches the gates, promoting moves the alias: three writes."""
    assert (runs.train("a"), runs.evaluate("a"), runs.promote("a")) == (1, 1, 3)
    state = runs.state
    version = state.versions[1]
    assert state.champion == 1
    assert version.verdict is Verdict.PASS
    assert (version.run, version.stage, version.tracking_id) == (runs.run, "train", "t1")
    assert version.metrics == {"log_loss": 0.4, "gain": None}
    assert version.inputs["features"] == {"kind": "dataset", "fingerprint": "f1", "version": 3, "rows": 10}
    assert version.gates[0].summary == "quality says pass"
    move = state.moves[0]
    assert (move.before, move.after, move.why, move.reason) == (None, 1, "promotion", "better")
    assert move.actor == "ada@lab"
    assert state.promotions[1].state == "approved"


def test_doing_it_all_again_changes_nothing(runs: Runs) -> None:
    """The same model again is no new version, the same evidence no news, its champion stays champion."""
    runs.champion("a")
    assert (runs.train("a"), runs.evaluate("a"), runs.promote("a")) == (0, 0, 0)
    assert sorted(runs.state.versions) == [1]


def test_versions_are_numbered_without_gaps(runs: Runs) -> None:
    """Each new content is the next number."""
    for name in "abac":
        runs.train(name)
    assert {n: v.fingerprint for n, v in runs.state.versions.items()} == {
        1: "print-of-a",
        2: "print-of-b",
        3: "print-of-c",
    }


def test_a_champion_input_is_the_version_that_the_candidate_would_replace(runs: Runs) -> None:
    """A pipeline's own promotion does not change what its unchanged evaluation reads."""
    for name in "ab":
        runs.train(name)
        before = runs.inputs(name)["delay@champion"]
        runs.evaluate(name)
        runs.promote(name)
        assert runs.inputs(name)["delay@champion"] == before
    assert runs.inputs("c")["delay@champion"]["version"] == 2
    assert runs.inputs("c")["delay@champion"]["uri"] == "/models/b"
    assert runs.inputs("c")["delay@champion"]["parameters"] == {"trees": 10}


def test_inputs_of_others_are_not_resolved(runs: Runs) -> None:
    """A name without a declared model and a known alias is somebody else's."""
    assert runs.extension.resolve_input("features", {}) is None
    assert runs.extension.resolve_input("price@champion", {}) is None
    absent = runs.extension.resolve_input("delay@challenger", {})
    assert absent == {"kind": "absent", "name": "delay@challenger", "fingerprint": "absent", "files": []}


def test_evidence_of_a_rejected_stage_is_kept(runs: Runs) -> None:
    """A gate's no is recorded with the version, although the stage that found it commits nothing."""
    runs.train("a")
    runs.evaluate("a", gates(quality="fail"), Outcome.REJECTED)
    assert runs.state.versions[1].verdict is Verdict.FAIL
    assert runs.promote("a", outcome=Outcome.REJECTED) == 0


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (None, "its gates never ran"),
        (gates(quality="fail"), "gate quality failed: quality says fail"),
        (gates(champion="inconclusive"), "gate champion is inconclusive: champion says"),
        (gates()[1:], "gate quality never ran"),
        (
            [gate("quality", rule={"kind": "quality"}), gate("champion")],
            "gate quality ran with other settings",
        ),
    ],
)
def test_without_the_evidence_nobody_promotes(
    runs: Runs, registry: Registry, results: list[dict[str, object]] | None, words: str
) -> None:
    """Neither a run nor a person promotes what its gates do not carry, and nothing is written."""
    runs.train("a")
    if results is not None:
        runs.evaluate("a", results)
    before = runs.ledger.head()
    for promote in (lambda: runs.promote("a"), lambda: registry.promote(MODEL, 1)):
        with pytest.raises(
            RejectedError, match=f"Version 1 of 'delay' cannot become champion: {words}"
        ) as error:
            promote()
        assert error.value.hint
    assert runs.ledger.head() == before


def test_evidence_against_another_champion_does_not_count(runs: Runs, registry: Registry) -> None:
    """When the champion moved after the measurement, the candidate is measured again first."""
    runs.champion("a")
    runs.train("b")
    runs.evaluate("b")
    runs.champion("c")
    with pytest.raises(
        RejectedError, match="its gates ran when version 1 was champion, but now version 3 is"
    ):
        runs.promote("b")
    with pytest.raises(RejectedError, match=r"Evaluate it again"):
        registry.promote(MODEL, 2)
    runs.evaluate("b")
    assert registry.promote(MODEL, 2).after == 2


def test_evidence_counts_again_when_its_champion_is_back(runs: Runs, registry: Registry) -> None:
    """A reused evaluation need not run again after a rollback to the champion that it measured against."""
    runs.champion("a")
    runs.train("b")
    runs.evaluate("b")
    runs.champion("c")
    registry.rollback(MODEL)
    assert runs.promote("b") == 3


def test_rollback_goes_back_step_by_step(runs: Runs, registry: Registry) -> None:
    """Each rollback is one event and returns to the version that the champion replaced."""
    for name in "abc":
        runs.champion(name)
    assert registry.rollback(MODEL, reason="late alerts", actor="bob@lab").after == 2
    last = runs.ledger.find(newest_first=True, limit=1)[0]
    assert last.kind == "alias.moved"
    assert (last.actor, last.data["before"], last.data["reason"]) == ("bob@lab", 3, "late alerts")
    assert registry.rollback(MODEL).after == 1
    with pytest.raises(RejectedError, match="Version 1 of 'delay' is its first champion"):
        registry.rollback(MODEL)
    assert [(m.before, m.after, m.why) for m in registry.history(MODEL)] == [
        (None, 1, "promotion"),
        (1, 2, "promotion"),
        (2, 3, "promotion"),
        (3, 2, "rollback"),
        (2, 1, "rollback"),
    ]


def test_a_run_does_not_undo_a_rollback_but_a_person_may(runs: Runs, registry: Registry) -> None:
    """What somebody took back stays back until somebody wants it again."""
    runs.champion("a")
    runs.champion("b")
    registry.rollback(MODEL, reason="late alerts", actor="bob@lab")
    with pytest.raises(
        RejectedError, match=r"bob@lab rolled it back \(late alerts\), and a run does not undo"
    ):
        runs.promote("b")
    assert registry.promote(MODEL, 2).moved
    assert runs.promote("b") == 0


def test_nothing_to_roll_back(registry: Registry) -> None:
    """Without a champion a rollback is refused."""
    with pytest.raises(RejectedError, match="'delay' has no champion"):
        registry.rollback(MODEL)


@pytest.mark.parametrize(
    ("version", "alias", "words"),
    [
        (7, "champion", "no version of 'delay' named '7'.\nRegistered: 1, 2."),
        (1, "champoin", "no alias named 'champoin'.\nDid you mean 'champion'"),
    ],
)
def test_unknown_versions_and_aliases_name_the_known(
    runs: Runs, registry: Registry, version: int, alias: str, words: str
) -> None:
    """A wrong number or alias says which there are."""
    runs.train("a")
    runs.train("b")
    with pytest.raises(UnknownNameError, match=words):
        registry.promote(MODEL, version, alias=alias)


def test_unknown_models_name_the_nearest(registry: Registry) -> None:
    """So does a misspelt model, whatever is asked of it."""
    for ask in (registry.history, registry.rollback, lambda name: registry.promote(name, 1)):
        with pytest.raises(UnknownNameError, match="no model named 'dealy'"):
            ask("dealy")


def test_a_challenger_leaves_the_champion_alone(runs: Runs, registry: Registry) -> None:
    """The aliases move independently."""
    runs.champion("a")
    runs.train("b")
    runs.evaluate("b")
    assert registry.promote(MODEL, 2, alias="challenger").after == 2
    assert runs.state.aliases == {"champion": 1, "challenger": 2}


def test_promoting_the_champion_again_is_no_event(runs: Runs, registry: Registry) -> None:
    """It is said that nothing moved."""
    runs.champion("a")
    before = runs.ledger.head()
    assert not registry.promote(MODEL, 1).moved
    assert runs.ledger.head() == before


def test_a_model_without_gates_is_never_promoted(tmp_path: Path, ledger: MemoryLedger) -> None:
    """No gate is no evidence, and the message says where to declare one."""
    runs = Runs(make_project(tmp_path / "shop", gates=""), ledger)
    runs.train("a")
    with pytest.raises(RejectedError, match=r"(?s)no gate is declared.*\[models.delay.gates\]"):
        runs.promote("a")


def test_one_approval_takes_a_person(tmp_path: Path, ledger: MemoryLedger) -> None:
    """A run only proposes; the promotion waits until a person promotes the version."""
    runs = Runs(make_project(tmp_path / "shop", policy="one-approval"), ledger)
    registry = registry_of(runs, tmp_path)
    runs.champion("a")
    assert runs.state.champion is None
    assert [(p.version, p.reason) for p in runs.state.pending] == [(1, "better")]
    assert runs.promote("a") == 0
    decided = registry.promote(MODEL, 1, reason="seen", actor="bob@lab")
    assert (decided.after, decided.waits) == (1, None)
    assert runs.state.promotions[1].state == "approved"
    assert len(runs.state.promotions) == 1


def test_four_eyes_take_two_persons(tmp_path: Path, ledger: MemoryLedger) -> None:
    """Whoever proposed, by hand or by a run, cannot approve; a second person can."""
    runs = Runs(make_project(tmp_path / "shop", policy="four-eyes"), ledger)
    registry = registry_of(runs, tmp_path)
    runs.train("a")
    runs.evaluate("a")
    waits = registry.promote(MODEL, 1, actor="ada@lab").waits
    assert waits is not None
    assert registry.promote(MODEL, 1, actor="ada@lab").waits == waits
    assert runs.state.champion is None
    assert registry.promote(MODEL, 1, actor="bob@lab").after == 1
