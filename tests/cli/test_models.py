from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_project
from workbench.cli import models
from workbench.cli.main import main
from workbench.errors import RejectedError
from workbench.registry import Decided, Promotion


class Registry:
    """Decides as it was told to, and keeps what it was asked."""

    def __init__(self, decided: Decided | Exception) -> None:
        self.decided = decided
        self.asked: list[tuple[Any, ...]] = []

    def promote(self, model: str, version: int, *, reason: str) -> Decided:
        self.asked.append(("promote", model, version, reason))
        return self._answer()

    def rollback(self, model: str, *, reason: str) -> Decided:
        self.asked.append(("rollback", model, reason))
        return self._answer()

    def _answer(self) -> Decided:
        if isinstance(self.decided, Exception):
            raise self.decided
        return self.decided


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_project(tmp_path / "shop", {"make": {"notebook": notebook("pass")}})
    monkeypatch.chdir(root)
    return root


def answering(monkeypatch: pytest.MonkeyPatch, decided: Decided | Exception) -> Registry:
    registry = Registry(decided)
    monkeypatch.setattr(models, "opened_registry", lambda **_: nullcontext(registry))
    return registry


MOVED = Decided("delay", "champion", 2, before=1, after=2)
SAME = Decided("delay", "champion", 2, before=2, after=2)


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (MOVED, "delay: version 2 is champion now; before it was version 1."),
        (Decided("delay", "champion", 1, before=None, after=1), "before it was nobody."),
        (SAME, "delay: version 2 is champion already."),
    ],
)
def test_a_promotion_says_what_it_came_to(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    decided: Decided,
    words: str,
) -> None:
    """Who is champion now and who was, with the reason passed on."""
    registry = answering(monkeypatch, decided)
    assert main(["promote", "delay", "2", "--reason", "better in spring"]) == 0
    assert registry.asked == [("promote", "delay", 2, "better in spring")]
    assert words in capsys.readouterr().out


def test_a_promotion_that_waits_says_for_whom(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under four eyes one person is not enough."""
    asked = Promotion(1, 2, "champion", 1, "four-eyes", "", "", "ada@desk", datetime(2013, 1, 1, tzinfo=UTC))
    answering(monkeypatch, Decided("delay", "champion", 2, before=1, after=1, waits=asked))
    assert main(["promote", "delay", "2"]) == 0
    assert "version 2 waits for another person's approval" in capsys.readouterr().out


def test_a_rollback_as_json_is_the_decision(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before and after, and what did not reach MLflow."""
    registry = answering(
        monkeypatch, Decided("delay", "champion", 1, before=2, after=1, warning="MLflow was away")
    )
    assert main(["rollback", "delay", "--json"]) == 0
    assert registry.asked == [("rollback", "delay", "")]
    found = json.loads(capsys.readouterr().out)
    assert (found["before"], found["after"], found["warning"]) == (2, 1, "MLflow was away")


def test_a_refused_promotion_exits_with_three(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The evidence's no is told in words."""
    refused = RejectedError(
        "Version 2 of 'delay' cannot become champion: its gates never ran.", hint="Run it."
    )
    answering(monkeypatch, refused)
    assert main(["promote", "delay", "2"]) == 3
    assert capsys.readouterr().err == f"error: {refused.message}\nRun it.\n"


def test_a_project_without_models_says_how_to_declare_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty list is no error."""
    assert main(["models"]) == 0
    assert "[models.NAME]" in capsys.readouterr().out
    assert main(["models", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
