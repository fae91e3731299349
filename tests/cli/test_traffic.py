"""Who answers what, as a person sets it and reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.registry.models import Runs, make_project
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.registry.traffic import note_refused


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """A project whose version 1 is champion; version 2 has passed its gates."""
    project = make_project(tmp_path / "shop")
    runs = Runs(project, open_ledger(project.layout.ledger_url, SystemClock()))
    runs.champion("a")
    runs.train("b")
    runs.evaluate("b")
    monkeypatch.setattr("workbench.registry.registry.project_later", lambda project: 0)
    return runs


def test_a_challenger_is_brought_in_step_by_step_and_taken_off(shop: Runs) -> None:
    """Each command says who answers what, and which comes next."""
    root = shop.project.root
    said = type_in(root, "promote delay 2 --to challenger --traffic 10%")
    assert (said.code, said.err) == (0, "")
    assert "version 2 is challenger now, with 10 % of the traffic; before it was nobody." in said.out
    assert "workbench traffic delay 25%" in said.out
    said = type_in(root, "traffic delay 25%")
    assert "delay: version 1 (champion) answers 75 %, version 2 (challenger) 25 %" in said.out
    said = type_in(root, "models")
    assert "version 1 (champion) answers 75 %, version 2 (challenger) 25 %" in said.out
    said = type_in(root, "rollback delay")
    assert "version 2 is challenger no more; version 1, the champion, answers everything." in said.out
    assert shop.state.deployment.to_dict() == {
        "champion": 1,
        "challenger": None,
        "share": 0.0,
        "shadows": [],
    }
    told = type_in(root, "models delay").out
    assert "challenger" in told
    assert "rollback" in told


def test_the_split_is_told_as_json(shop: Runs) -> None:
    """For programs: before and after, and the state of every model."""
    root = shop.project.root
    document = type_in(root, "promote delay 2 --to challenger --json").document
    assert document["deployment"] == {"champion": 1, "challenger": 2, "share": 0.0, "shadows": []}
    document = type_in(root, "traffic delay 0.5 --json").document
    assert (document["before"]["share"], document["after"]["share"], document["changed"]) == (0.0, 0.5, True)
    document = type_in(root, "traffic delay --json").document
    assert (document["after"]["share"], document["changed"]) == (0.5, False)
    note_refused(shop.ledger, "delay", 2, step="golden", sentence="It answers otherwise.")
    document = type_in(root, "models delay --json").document
    assert document["deployment"]["share"] == 0.5
    assert [(r["version"], r["step"]) for r in document["refusals"]] == [(2, "golden")]


def test_what_a_server_refused_is_told(shop: Runs) -> None:
    """The step, the sentence, and that nobody met it."""
    shop.promote("b")
    note_refused(shop.ledger, "delay", 2, step="verify", sentence="model.txt differs from its record.")
    told = type_in(shop.project.root, "models").out
    assert "! version 2 does not serve: it failed at verify" in told
    assert "model.txt differs from its record." in told
    assert "What served before it goes on." in told


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("promote delay 2 --traffic 10%", 2, "--to challenger --traffic 10%"),
        ("promote delay 2 --to challenger --traffic 25", 2, "'25' is no share of the traffic"),
        ("promote delay 2 --to chalenger", 2, "Did you mean 'challenger'?"),
        ("promote delay 2 --shadow --traffic 10%", 2, "A shadow answers no caller"),
        ("promote delay 2 --shadow", 1, "its record names no MLmodel"),
        ("promote delay 9 --no-shadow", 2, "no version of 'delay' named '9'"),
        ("traffic delay 10%", 3, "has no challenger that could get 10 %"),
        ("traffic dealy 10%", 2, "Did you mean 'delay'?"),
        ("traffic dealy", 2, "Did you mean 'delay'?"),
    ],
)
def test_wrong_words_are_told(shop: Runs, line: str, code: int, told: str) -> None:
    """Nothing is written, and the message says what would be right."""
    before = shop.state.version
    said = type_in(shop.project.root, line)
    assert (said.code, told in said.err) == (code, True), said.err
    assert shop.state.version == before
