from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, make_project
from workbench.errors import IntegrityError, RejectedError, UnknownNameError, UsageError
from workbench.ledger import MemoryLedger
from workbench.registry import Deployment, Registry, fold, read_model
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels
from workbench.registry.traffic import note_accepted, note_refused


@pytest.fixture
def shown() -> MemoryModels:
    return MemoryModels()


@pytest.fixture
def registry(runs: Runs, shown: MemoryModels, tmp_path: Path) -> Registry:
    """Version 1 is champion, 2 and 3 have passed their gates against it."""
    return prepared(runs, shown, tmp_path)


def prepared(runs: Runs, shown: MemoryModels, folder: Path) -> Registry:
    runs.champion("a")
    for name in "bc":
        runs.train(name)
        runs.evaluate(name)
    return Registry(runs.project, runs.ledger, Projection(runs.ledger, shown, folder / "state"))


def serving(runs: Runs) -> Deployment:
    """Return what serves, read twice: as this process remembers it, and from the first event on."""
    remembered = runs.state.deployment
    assert fold(MODEL, runs.ledger.read(f"model/{MODEL}")).deployment == remembered
    return remembered


def test_a_challenger_gets_its_share_in_the_same_write(
    runs: Runs, registry: Registry, shown: MemoryModels
) -> None:
    """Alias and traffic are one decision; MLflow's alias follows."""
    decided = registry.promote(MODEL, 2, alias="challenger", share=0.1, actor="ada@lab")
    assert serving(runs) == decided.deployment == Deployment(1, 2, 0.1)
    assert serving(runs).versions == (1, 2)
    kinds = [event.kind for event in runs.ledger.read(f"model/{MODEL}")][-4:]
    assert kinds == ["promotion.proposed", "promotion.approved", "alias.moved", "traffic.set"]
    assert shown.look(MODEL).aliases == {"champion": 1, "challenger": 2}


def test_a_challenger_without_a_share_waits_for_one(runs: Runs, registry: Registry) -> None:
    """Nobody meets it before somebody says how many shall; another challenger begins at nothing, too."""
    registry.promote(MODEL, 2, alias="challenger")
    assert serving(runs) == Deployment(1, 2, 0.0)
    changed = registry.set_traffic(MODEL, 0.25, reason="looks well")
    assert (changed.before.share, changed.after.share, changed.changed) == (0.0, 0.25, True)
    assert not registry.set_traffic(MODEL, 0.25).changed
    registry.promote(MODEL, 3, alias="challenger")
    assert serving(runs) == Deployment(1, 3, 0.0)


def test_promoting_the_challenger_again_gives_it_another_share(runs: Runs, registry: Registry) -> None:
    """Without a new promotion."""
    registry.promote(MODEL, 2, alias="challenger", share=0.1)
    decided = registry.promote(MODEL, 2, alias="challenger", share=0.5)
    assert (decided.moved, decided.deployment.share) == (False, 0.5)
    registry.promote(MODEL, 2, alias="challenger")
    assert (serving(runs).share, len(runs.state.promotions)) == (0.5, 2)


def test_a_challenger_that_becomes_champion_is_challenger_no_more(
    runs: Runs, registry: Registry, shown: MemoryModels
) -> None:
    """In one write; rolled back, the old champion answers everything."""
    registry.promote(MODEL, 2, alias="challenger", share=0.5)
    registry.promote(MODEL, 2)
    assert serving(runs) == Deployment(2)
    assert shown.look(MODEL).aliases == {"champion": 2}
    registry.rollback(MODEL)
    assert serving(runs) == Deployment(1)


def test_a_rollback_takes_back_what_callers_met_last(
    runs: Runs, registry: Registry, shown: MemoryModels
) -> None:
    """First the newer traffic, then the champion; each says which it was."""
    registry.promote(MODEL, 2)
    runs.evaluate("c")
    registry.promote(MODEL, 3, alias="challenger", share=0.1)
    first = registry.rollback(MODEL, reason="slow")
    assert (first.alias, first.version, first.before, first.after) == ("challenger", 3, 3, None)
    assert serving(runs) == Deployment(2)
    assert shown.look(MODEL).aliases == {"champion": 2}
    second = registry.rollback(MODEL)
    assert (second.alias, second.before, second.after) == ("champion", 2, 1)
    with pytest.raises(RejectedError, match="first champion"):
        registry.rollback(MODEL)


def test_a_champion_newer_than_the_traffic_goes_first(runs: Runs, registry: Registry) -> None:
    """The challenger keeps its share until the next step back; more traffic makes it the newest again."""
    registry.promote(MODEL, 2, alias="challenger", share=0.1)
    registry.promote(MODEL, 3)
    assert registry.rollback(MODEL).alias == "champion"
    assert serving(runs) == Deployment(1, 2, 0.1)
    assert registry.rollback(MODEL).alias == "challenger"
    assert serving(runs) == Deployment(1)


def test_more_traffic_makes_the_challenger_the_newest_change(runs: Runs, registry: Registry) -> None:
    """It is what callers met last."""
    registry.promote(MODEL, 2, alias="challenger", share=0.1)
    registry.promote(MODEL, 3)
    registry.set_traffic(MODEL, 0.2)
    assert registry.rollback(MODEL).alias == "challenger"
    assert serving(runs) == Deployment(3)


def test_a_challenger_without_traffic_is_not_what_callers_met(runs: Runs, registry: Registry) -> None:
    """In an emergency the champion goes back, however new a challenger is that answers nobody."""
    registry.promote(MODEL, 2)
    runs.evaluate("c")
    registry.promote(MODEL, 3, alias="challenger", share=0.1)
    registry.set_traffic(MODEL, 0)
    assert (registry.rollback(MODEL).alias, serving(runs)) == ("champion", Deployment(1, 3, 0.0))


def test_a_champion_that_falls_back_to_its_challenger_has_none(runs: Runs, registry: Registry) -> None:
    """One version does not stand against itself."""
    registry.promote(MODEL, 2)
    runs.evaluate("a")
    registry.promote(MODEL, 1, alias="challenger")
    registry.rollback(MODEL)
    assert serving(runs) == Deployment(1)


def test_a_run_does_not_bring_back_a_challenger_that_was_rolled_back(runs: Runs, registry: Registry) -> None:
    """A person may."""
    registry.promote(MODEL, 2, alias="challenger", share=0.1)
    registry.rollback(MODEL, reason="slow", actor="ada@lab")
    wish = {"kind": "proposal", "model": MODEL, "alias": "challenger", "candidate": "candidate", "reason": ""}
    record = runs.state.versions[2].output
    with pytest.raises(RejectedError, match=r"rolled it back \(slow\)") as caught:
        runs.end("promote", inputs={"candidate": dict(record)}, requests=[wish])
    assert "promote delay 2 --to challenger" in caught.value.hint
    registry.promote(MODEL, 2, alias="challenger")
    assert serving(runs).challenger == 2


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_share_lies_between_nothing_and_everything(runs: Runs, registry: Registry, share: float) -> None:
    """Nothing is written otherwise."""
    registry.promote(MODEL, 2, alias="challenger")
    with pytest.raises(UsageError, match="no share of the traffic"):
        registry.set_traffic(MODEL, share)
    with pytest.raises(UsageError, match="no share of the traffic"):
        registry.promote(MODEL, 3, alias="challenger", share=share)
    assert serving(runs) == Deployment(1, 2, 0.0)


def test_a_challenger_needs_a_champion_that_is_another(runs: Runs, registry: Registry) -> None:
    """Traffic is shared between two."""
    with pytest.raises(RejectedError, match="has no challenger that could get 10 %"):
        registry.set_traffic(MODEL, 0.1)
    with pytest.raises(RejectedError, match="cannot challenge itself"):
        registry.promote(MODEL, 1, alias="challenger", share=0.1)


def test_traffic_without_a_champion_is_refused(runs: Runs, tmp_path: Path) -> None:
    """Nobody would answer the rest."""
    runs.train("a")
    runs.evaluate("a")
    registry = Registry(runs.project, runs.ledger, Projection(runs.ledger, MemoryModels(), tmp_path / "s"))
    with pytest.raises(RejectedError, match="no champion that could answer the rest"):
        registry.promote(MODEL, 1, alias="challenger", share=0.1)
    registry.promote(MODEL, 1, alias="challenger")
    with pytest.raises(RejectedError, match="no champion that could answer the rest"):
        registry.set_traffic(MODEL, 0.1)


def test_under_four_eyes_the_share_waits_with_the_promotion(tmp_path: Path, ledger: MemoryLedger) -> None:
    """The approval brings both; its author alone may give it less, not more."""
    runs = Runs(make_project(tmp_path / "strict", policy="four-eyes"), ledger)
    shown = MemoryModels()
    registry = Registry(runs.project, ledger, Projection(ledger, shown, tmp_path / "state"))
    runs.champion("a")
    registry.approve(MODEL, 1, actor="bob@lab")
    runs.train("b")
    runs.evaluate("b")
    asked = registry.promote(MODEL, 2, alias="challenger", share=0.1, actor="ada@lab")
    assert asked.waits is not None
    assert serving(runs) == Deployment(1)
    registry.approve(MODEL, asked.waits.number, actor="bob@lab")
    assert serving(runs) == Deployment(1, 2, 0.1)
    for more in (
        lambda: registry.set_traffic(MODEL, 1.0, actor="ada@desk"),
        lambda: registry.promote(MODEL, 2, alias="challenger", share=1.0, actor="ada@lab"),
    ):
        with pytest.raises(RejectedError, match="under four eyes somebody else has to"):
            more()
    registry.set_traffic(MODEL, 0.3, actor="bob@lab")
    registry.set_traffic(MODEL, 0.2, actor="ada@lab")
    assert serving(runs).share == 0.2


def shadowed(registry: Registry, monkeypatch: pytest.MonkeyPatch, *numbers: int) -> None:
    """Add shadows; the versions of these tests have no files to verify."""
    monkeypatch.setattr("workbench.registry.registry.verify", lambda version, project: None)
    for number in numbers:
        registry.add_shadow(MODEL, number)


def test_shadows_are_added_and_removed(
    runs: Runs, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of them, each once, without a gate or an alias."""
    runs.train("d")
    shadowed(registry, monkeypatch, 4, 2, 4)
    assert serving(runs) == Deployment(1, shadows=(4, 2))
    assert serving(runs).versions == (1, 4, 2)
    assert registry.remove_shadow(MODEL, 4).after.shadows == (2,)
    assert not registry.remove_shadow(MODEL, 3).changed
    with pytest.raises(UnknownNameError, match="no version of 'delay' named '9'"):
        registry.remove_shadow(MODEL, 9)


def test_whoever_answers_is_no_shadow(
    runs: Runs, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promoted shadow ends being one in the same write; the champion cannot become one."""
    shadowed(registry, monkeypatch, 2, 3)
    registry.promote(MODEL, 3, alias="challenger", share=0.1)
    registry.promote(MODEL, 2)
    assert serving(runs) == Deployment(2, 3, 0.1)
    with pytest.raises(RejectedError, match="Version 2 of 'delay' is champion"):
        registry.add_shadow(MODEL, 2)


def test_a_shadow_whose_files_are_damaged_is_not_added(runs: Runs, registry: Registry) -> None:
    """No gate is asked, the digests are."""
    with pytest.raises(IntegrityError):
        registry.add_shadow(MODEL, 2)
    assert serving(runs) == Deployment(1)


def test_what_a_server_refused_stands_until_it_is_tried_anew(runs: Runs, registry: Registry) -> None:
    """Noted once, told with step and sentence, gone when it serves or is promoted again."""
    registry.promote(MODEL, 2)
    for _ in range(2):
        note_refused(runs.ledger, MODEL, 2, step="load", sentence="It crashed.", actor="server@rack")
    assert len(runs.ledger.find(kinds=("deployment.refused",))) == 1
    refusal = runs.state.refusals[2]
    assert (refusal.step, refusal.sentence, refusal.actor) == ("load", "It crashed.", "server@rack")
    assert refusal.to_dict()["at"] == "2013-01-01T00:00:00+00:00"
    assert serving(runs).champion == 2
    note_accepted(runs.ledger, MODEL, 2)
    note_accepted(runs.ledger, MODEL, 2)
    assert len(runs.ledger.find(kinds=("deployment.accepted",))) == 1
    assert runs.state.refusals == {}
    registry.rollback(MODEL)
    note_refused(runs.ledger, MODEL, 2, step="verify", sentence="It differs.")
    runs.evaluate("b")
    registry.promote(MODEL, 2)
    assert runs.state.refusals == {}


def test_two_who_take_back_at_once_go_back_one_step(
    runs: Runs, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second meant the challenger, and does not take the champion for it."""
    registry.promote(MODEL, 2)
    runs.evaluate("c")
    registry.promote(MODEL, 3, alias="challenger", share=0.1)
    seen = runs.state
    registry.rollback(MODEL)
    monkeypatch.setattr(registry, "model", lambda name: seen)
    with pytest.raises(
        RejectedError, match="version 3 was challenger of 'delay'; meanwhile version 2 is champion"
    ):
        registry.rollback(MODEL)
    assert read_model(runs.ledger, MODEL).deployment == Deployment(2)
