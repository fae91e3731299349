from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, make_project, mlflow_of
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.registry import Registry
from workbench.registry.later import LOG, main, project_later
from workbench.registry.shown import as_it_should_be


@pytest.fixture
def shop(tmp_path: Path) -> Runs:
    project = make_project(tmp_path / "shop")
    return Runs(project, open_ledger(project.layout.ledger_url, SystemClock()))


def test_a_process_of_its_own_brings_mlflow_to_the_ledger(shop: Runs) -> None:
    """It outlives nobody's terminal, and needs nobody to wait for it."""
    shop.champion("a")
    process = project_later(shop.project)
    assert os.waitpid(process, 0)[1] == 0
    assert mlflow_of(shop.project).look(MODEL) == as_it_should_be(shop.state)


def test_a_decision_answers_before_mlflow_shows_it(shop: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger has decided; MLflow lags, which is told as such, until the process has run."""
    shop.champion("a")
    shop.extension.project()
    shop.champion("b")
    started: list[str] = []
    monkeypatch.setattr(
        "workbench.registry.registry.project_later", lambda project: started.append(project.name)
    )
    registry = Registry(shop.project, shop.ledger, later=True)
    assert registry.rollback(MODEL).after == 1
    assert started == ["shop"]
    assert {difference.by_hand for difference in registry.differences()} == {False}
    assert main(str(shop.project.root)) == 0
    assert registry.differences() == []


def test_what_is_refused_is_in_the_log(shop: Runs) -> None:
    """A process that nobody watches leaves word of what went wrong."""
    shop.champion("a")
    tracking = shop.project.layout.state / "mlflow.db"
    tracking.write_text("this is no database")
    _, status = os.waitpid(project_later(shop.project), 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert "cannot be opened" in (shop.project.layout.state / "logs" / LOG).read_text()
