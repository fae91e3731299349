"""What came of a session is not promoted, unless the project allows it or a runner makes the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import GATES, MODEL, Runs, candidate, make_project
from workbench.errors import RejectedError
from workbench.ledger import MemoryLedger
from workbench.registry import Registry

BY = "ada@desk"


def train_by_hand(runs: Runs, name: str) -> None:
    runs.end("train", outputs={"candidate": {**candidate(name), "interactive": BY}})


def test_a_version_that_came_of_a_session_is_refused_with_its_reason(runs: Runs) -> None:
    """By a run and by a person alike; the sentence says who made it, and what to do."""
    train_by_hand(runs, "a")
    runs.evaluate("a")
    assert runs.state.versions[1].interactive == BY
    with pytest.raises(RejectedError, match=f"came of what {BY} committed from a session") as caught:
        runs.promote("a")
    assert "workbench run --force" in caught.value.hint
    assert 'interactive = "allow"' in caught.value.hint
    registry = Registry(runs.project, runs.ledger)
    with pytest.raises(RejectedError, match="from a session"):
        registry.promote(MODEL, 1)
    assert runs.state.champion is None


def test_a_runner_that_makes_the_very_same_confirms_it(runs: Runs) -> None:
    """Then nothing came by hand any more, and what stages read of it is not marked either."""
    train_by_hand(runs, "a")
    assert runs.train("a") == 1
    assert runs.train("a") == 0
    assert not runs.state.versions[1].interactive
    assert "interactive" not in runs.state.versions[1].record()
    runs.evaluate("a")
    runs.promote("a")
    assert runs.state.champion == 1


def test_a_project_may_allow_it(tmp_path: Path, ledger: MemoryLedger) -> None:
    """`interactive = "allow"` under the model; the version stays marked."""
    allowed = f'interactive = "allow"\n{GATES}'
    runs = Runs(make_project(tmp_path / "shop", gates=allowed), ledger)
    train_by_hand(runs, "a")
    runs.evaluate("a")
    runs.promote("a")
    assert runs.state.champion == 1
    assert runs.state.versions[1].interactive == BY
