"""Promotions that wait, as a person answers them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.registry.models import Runs, make_project, mlflow_of
from workbench.cli.main import main
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.ledger.actor import ACTOR, local_actor


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """A project under four eyes, where a run of Ada's has asked for version 1 to become champion."""
    project = make_project(tmp_path / "shop", policy="four-eyes")
    runs = Runs(project, open_ledger(project.layout.ledger_url, SystemClock()))
    runs.champion("a")
    runs.extension.project()
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("workbench.registry.registry.project_later", lambda project: 0)
    return runs


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return f"{out}{err}"


def test_what_waits_is_listed_with_how_to_answer(shop: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    """Version, policy, who asked and why, and the commands that come next."""
    assert main(["models"]) == 0
    told = said(capsys)
    assert "! version 1 waits to become champion  four-eyes, promotion delay:1" in told
    assert f"asked for by run {shop.run}, started by ada@lab on" in told
    assert "workbench card delay/1, then workbench approve delay 1 or reject delay 1" in told
    assert main(["models", "--json"]) == 0
    waiting = json.loads(capsys.readouterr().out)[0]["waiting"]
    assert [(p["number"], p["version"], p["state"], p["blocked"]) for p in waiting] == [
        (1, 1, "proposed", "")
    ]


@pytest.mark.parametrize("words", [["delay"], ["delay", "1"], ["delay/1"], ["delay:1"]])
def test_an_approval_names_the_promotion_as_one_likes(
    shop: Runs, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """By model, version or the promotion's own number; the signed-in user is recorded."""
    assert main(["approve", *words, "--reason", "seen"]) == 0
    assert "delay: version 1 is champion now; before it was nobody." in said(capsys)
    approved = shop.ledger.find(kinds=("promotion.approved",))[0]
    assert (approved.actor, approved.data["reason"]) == (local_actor(), "seen")
    assert main(["models", "delay"]) == 0
    assert "✓ approved" in said(capsys)


def test_the_author_is_refused_with_exit_code_three(
    shop: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four eyes are not two, whatever the name is claimed by."""
    monkeypatch.setenv(ACTOR, "ada@lab")
    assert main(["approve", "delay", "--json"]) == 3
    error = json.loads(capsys.readouterr().err)["error"]
    assert "under four eyes somebody else has to look" in error["message"]
    assert shop.state.champion is None


def test_a_rejection_needs_a_reason(shop: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    """Then it is kept with it, and nothing waits any more."""
    assert main(["reject", "delay"]) == 2
    assert "A rejection needs its reason" in said(capsys)
    assert main(["reject", "delay", "--reason", "winter is missing", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["promotion"], document["moved"]) == (1, False)
    assert main(["approve", "delay"]) == 2
    assert "No promotion of 'delay' waits for an approval." in said(capsys)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dealy"], "no model named 'dealy'.\nDid you mean 'delay'?"),
        (["1"], "'1' is no model; promotions are numbered for each model by itself.\nWrite MODEL:1"),
        (["delay:x"], "'delay:x' names no promotion: 'x' is not a number."),
        (["delay/1", "2"], "names a version already, and 2 is another."),
        (["delay", "2"], "no version of 'delay' named '2'.\nRegistered: 1."),
    ],
)
def test_a_promotion_that_is_not_there_is_named(
    shop: Runs, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    """Wrong words exit with 2 and say what would be right."""
    assert main(["approve", *words]) == 2
    assert told in said(capsys)


def test_an_alias_moved_by_hand_is_told_and_repaired(shop: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    """`workbench models` reports it, `--repair` puts MLflow back, and then there is nothing to tell."""
    assert main(["approve", "delay", "--wait"]) == 0
    shop.champion("b")
    shop.extension.project()
    mlflow_of(shop.project).point("delay", "champion", 2)
    capsys.readouterr()
    assert main(["models"]) == 0
    told = capsys.readouterr().err
    assert "moved by hand: delay: alias champion is version 2 in MLflow, version 1 in the ledger" in told
    assert main(["models", "delay", "--json"]) == 0
    assert [d["by_hand"] for d in json.loads(capsys.readouterr().out)["mlflow"]] == [True]
    assert main(["models", "--repair"]) == 0
    assert "put back: delay: alias champion is version 2 in MLflow" in capsys.readouterr().err
    assert mlflow_of(shop.project).look("delay").aliases == {"champion": 1}
    assert main(["models", "--repair"]) == 0
    assert "there was nothing to put back" in capsys.readouterr().err


def test_an_mlflow_that_does_not_answer_does_not_hide_the_models(
    shop: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger knows who is champion; only that the rest cannot be said is a warning."""
    (shop.project.layout.state / "mlflow.db").write_text("this is no database")
    assert main(["models"]) == 0
    out, err = capsys.readouterr()
    assert "waits to become champion" in out
    assert "whether MLflow shows the same cannot be said" in err
    assert main(["models", "--repair"]) == 1
