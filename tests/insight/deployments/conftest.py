from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import workbench.registry.registry
from tests.insight.deployments.deployed import APPROVER, Deployed
from tests.registry.models import MODEL
from workbench.insight import deployments


@pytest.fixture(autouse=True)
def _no_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What MLflow shows afterwards is brought by a process of its own, which is tried elsewhere."""
    monkeypatch.setattr(workbench.registry.registry, "project_later", lambda _: None)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Deployed]]:
    """Make shops of some policy."""
    made: list[Deployed] = []

    def shop(policy: str) -> Deployed:
        made.append(Deployed(tmp_path / policy, policy))
        return made[-1]

    yield shop
    for each in made:
        each.close()


@pytest.fixture
def shop(make: Callable[[str], Deployed]) -> Deployed:
    """Version 1 is champion by an approval; version 2 waits for one."""
    made = make("one-approval")
    made.candidate("a")
    deployments.approve(made.store, APPROVER, MODEL, 1, reason="the first one")
    made.candidate("b")
    return made
