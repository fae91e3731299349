from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.registry.models import GATES, MODEL, Runs, gates, make_project
from workbench.errors import RejectedError
from workbench.ledger import MemoryLedger


def test_a_candidate_trained_before_its_model_was_declared_is_registered_late(
    tmp_path: Path, ledger: MemoryLedger
) -> None:
    """Evidence for a reused candidate finds out which run made it."""
    from tests.registry.models import candidate
    from workbench.ledger import Append, NewEvent

    made = {
        "run": "20121231-000000-0001",
        "stage": "train",
        "outputs": {"candidate": candidate("a")},
        "metrics": {"log_loss": 0.4, "gain": None},
        "fingerprint": {"parameters": {"trees": 5}, "inputs": {"features": {"fingerprint": "f0"}}},
        "tracking_id": None,
    }
    ledger.append(Append("run/x", 0, (NewEvent("entry.committed", made, subject="train"),)))
    runs = Runs(make_project(tmp_path / "shop"), ledger)
    assert runs.evaluate("a") == 2
    version = runs.state.versions[1]
    assert (version.run, version.parameters) == ("20121231-000000-0001", {"trees": 5})


@pytest.mark.parametrize("kind", ["evidence", "proposal"])
def test_an_unknown_candidate_is_refused(runs: Runs, kind: str) -> None:
    """Evidence or a proposal for what nobody trained, or what the stage does not read, changes nothing."""
    from tests.registry.models import candidate

    request = {"kind": kind, "model": MODEL, "gates": gates()}
    with pytest.raises(RejectedError, match="no registered version of 'delay'"):
        runs.end("evaluate", inputs={"candidate": candidate("z")}, requests=[request])
    with pytest.raises(RejectedError, match="speaks of a candidate for 'delay', but reads none"):
        runs.end("evaluate", requests=[request])


def test_evaluating_and_promoting_may_be_one_stage(runs: Runs) -> None:
    """A proposal stands on the evidence of the same attempt, in one write."""
    runs.train("a")
    requests: list[dict[str, Any]] = [
        {"kind": "proposal", "model": MODEL, "reason": "better"},
        {"kind": "evidence", "model": MODEL, "gates": gates()},
    ]
    assert runs.end("evaluate", inputs=runs.inputs("a"), requests=requests) == 4
    assert runs.state.champion == 1


def test_a_run_may_propose_a_challenger(runs: Runs) -> None:
    """The request names the alias; one that is not there is refused, and nothing is written."""
    runs.champion("a")
    runs.train("b")
    runs.evaluate("b")
    wish = {"kind": "proposal", "model": MODEL, "alias": "challenger"}
    assert runs.end("promote", inputs=runs.inputs("b"), requests=[wish]) == 3
    assert runs.state.aliases == {"champion": 1, "challenger": 2}
    with pytest.raises(RejectedError, match="no alias named 'winner'"):
        runs.end("promote", inputs=runs.inputs("b"), requests=[{**wish, "alias": "winner"}])


def test_with_a_challenge_declared_a_candidate_challenges_the_champion(
    tmp_path: Path, ledger: MemoryLedger
) -> None:
    """The first becomes champion, for nobody is there to challenge; the champion itself stays what it is."""
    toml = f"{GATES}\n[models.{MODEL}.challenge]\n"
    runs = Runs(make_project(tmp_path / "shop", gates=toml), ledger)
    runs.champion("a")
    assert runs.state.deployment.to_dict()["champion"] == 1
    runs.champion("b")
    assert runs.state.aliases == {"champion": 1, "challenger": 2}
    assert runs.promote("a") == 0
    runs.champion("c")
    assert runs.state.aliases == {"champion": 1, "challenger": 3}
    assert runs.state.share == 0


def test_requests_of_other_kinds_are_left_to_others(runs: Runs) -> None:
    """What is not the registry's is no error."""
    assert runs.end("evaluate", requests=[{"kind": "notify", "text": "hello"}]) == 0


def test_a_stage_that_saves_several_models_names_one(runs: Runs) -> None:
    """Which of them becomes a version is never guessed."""
    from tests.registry.models import candidate

    both = {"one": candidate("a"), "two": candidate("b")}
    with pytest.raises(
        RejectedError, match=r"2 models were saved \(one, two\), and none of them is named 'delay'"
    ):
        runs.end("train", outputs=both)
    assert runs.end("train", outputs={**both, "delay": candidate("c")}) == 1
    assert runs.state.versions[1].fingerprint == "print-of-c"
