from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from workbench.cli.model_report import describe_model, print_evidence, print_model, print_moves, print_waiting
from workbench.cli.output import to_json
from workbench.registry import ModelState

AT = datetime(2013, 3, 4, 5, tzinfo=UTC)
GATE = {
    "name": "quality",
    "kind": "quality",
    "verdict": "pass",
    "summary": "auc 0.71, at least 0.68",
    "rule": {},
}


@pytest.fixture
def state() -> ModelState:
    """Two versions; the first became champion, then the second, which was rolled back."""
    model = ModelState("flight-delay")

    def happen(kind: str, actor: str = "ada@desk", **data: Any) -> None:
        model.apply(kind, data, at=AT, actor=actor)

    def moved(before: int | None, after: int, why: str, reason: str, actor: str) -> None:
        happen(
            "alias.moved",
            actor,
            alias="champion",
            before=before,
            after=after,
            why=why,
            promotion=None,
            reason=reason,
        )

    for number in (1, 2):
        happen(
            "version.registered",
            version=number,
            fingerprint=str(number) * 64,
            output={},
            run=f"run-{number}",
            stage="train",
            metrics={"rows": 9.0, "auc": 0.7 + number / 100},
            parameters={},
            inputs={},
            tracking_id=None,
        )
    happen("version.evaluated", version=1, verdict="pass", gates=[GATE], against=None, data={}, run="run-1")
    moved(None, 1, "promotion", "", "night@server")
    moved(1, 2, "promotion", "", "night@server")
    moved(2, 1, "rollback", "worse in the morning", "ada@desk")
    return model


def words(work: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), width=160, markup=False, highlight=False)
    work(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_model_lists_its_versions_newest_first(state: ModelState) -> None:
    """Alias, verdict and the declared metric stand in each line."""
    said = words(lambda console: print_model(console, state, "auc"))
    assert "flight-delay  champion is version 1, by rollback on" in said
    newer, older = (line for line in said.splitlines() if "run-" in line)
    assert newer.split()[:4] == ["2", "not", "evaluated", "0.72"]
    assert older.split()[:5] == ["1", "champion", "✓", "pass", "0.71"]


def test_a_long_list_says_where_the_rest_is(state: ModelState) -> None:
    """The overview stays on one screen."""
    said = words(lambda console: print_model(console, state, "auc", most=1))
    assert "run-1" not in said
    assert "and 1 older version: workbench models flight-delay" in said


def test_a_model_without_versions_says_how_it_gets_one() -> None:
    """A declared model that was never trained is no error."""
    said = words(lambda console: print_model(console, ModelState("new")))
    assert "new  no champion" in said
    assert "No version is registered yet" in said


def test_a_waiting_promotion_is_shown(state: ModelState) -> None:
    """Who asked, and for which version."""
    asked = {
        "promotion": 1,
        "version": 2,
        "alias": "champion",
        "replaces": 1,
        "policy": "four-eyes",
        "run": "",
        "reason": "",
    }
    state.apply("promotion.proposed", asked, at=AT, actor="bob@desk")
    blocked = {("flight-delay", 1): "its gates never ran"}
    said = words(lambda console: print_waiting(console, state, blocked))
    assert "! version 2 waits to become champion  four-eyes, promotion flight-delay:1" in said
    assert "asked for by bob@desk on" in said
    assert "cannot be approved now: its gates never ran" in said


def test_the_moves_name_who_when_and_why(state: ModelState) -> None:
    """The newest comes first."""
    said = words(lambda console: print_moves(console, state))
    last, _, first = (line.split() for line in said.splitlines() if "champion" in line)
    assert last[3:] == ["2", "1", "ada@desk", "rollback:", "worse", "in", "the", "morning"]
    assert first[3:] == ["–", "1", "night@server", "promotion"]


def test_the_gates_say_what_they_found(state: ModelState) -> None:
    """One line for each gate."""
    said = words(lambda console: print_evidence(console, state.versions[1]))
    assert said == "  ✓ quality  auc 0.71, at least 0.68\n"


def test_as_json_a_model_holds_all_of_it(state: ModelState) -> None:
    """Versions with their gates, aliases, moves."""
    found = to_json(describe_model(state))
    assert found["aliases"] == {"champion": 1}
    assert [version["version"] for version in found["versions"]] == [2, 1]
    assert found["versions"][1]["gates"][0]["summary"] == "auc 0.71, at least 0.68"
    assert found["versions"][1]["aliases"] == ["champion"]
    assert [move["why"] for move in found["moves"]] == ["promotion", "promotion", "rollback"]
