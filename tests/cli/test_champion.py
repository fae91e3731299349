from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from workbench.cli.champion import print_champions
from workbench.clock import ManualClock
from workbench.ledger import Append, MemoryLedger, NewEvent
from workbench.workspace import Workspace

Make = Callable[..., dict[str, Any]]
RUN = "20130501-030000-abcd"
GATE = {"name": "quality", "kind": "quality", "verdict": "pass", "summary": "auc 0.71, at least 0.68"}


def workspace(*events: NewEvent) -> Workspace:
    """A workspace with one model that stage `train` trains, and these events in its stream."""
    ledger = MemoryLedger(ManualClock(datetime(2013, 5, 1, tzinfo=UTC)))
    ledger.append(Append("model/delay", 0, events))
    models = {"delay": SimpleNamespace(trained_by="train")}
    made = SimpleNamespace(ledger=ledger, project=SimpleNamespace(config=SimpleNamespace(models=models)))
    return cast(Workspace, made)


def promoted(run: str) -> list[NewEvent]:
    """Return the events of a version that a run promoted."""
    registered = {
        "version": 1,
        "fingerprint": "f",
        "output": {},
        "run": run,
        "stage": "train",
        "metrics": {},
        "parameters": {},
        "inputs": {},
        "tracking_id": None,
    }
    evaluated = {"version": 1, "verdict": "pass", "gates": [GATE], "against": None, "data": {}, "run": run}
    proposed = {
        "promotion": 1,
        "version": 1,
        "alias": "champion",
        "replaces": None,
        "policy": "automatic",
        "run": run,
        "reason": "",
    }
    moved = {
        "alias": "champion",
        "before": None,
        "after": 1,
        "why": "promotion",
        "promotion": 1,
        "reason": "",
    }
    return [
        NewEvent("version.registered", registered),
        NewEvent("version.evaluated", evaluated),
        NewEvent("promotion.proposed", proposed),
        NewEvent("promotion.approved", {"promotion": 1}),
        NewEvent("alias.moved", moved),
    ]


def said(work: Workspace, state: dict[str, Any]) -> str:
    out = io.StringIO()
    print_champions(Console(file=out, width=120, markup=False, highlight=False), work, state)
    return out.getvalue()


@pytest.fixture
def training(run: Make, entry: Make) -> dict[str, Any]:
    """A run that trained and evaluated."""
    evaluate = entry(name="evaluate", metrics={"auc": 0.71, "logistic_auc": 0.65})
    made: dict[str, Any] = run(entry(name="train"), evaluate, entry(name="promote", metrics={}))
    return made


def test_after_a_promotion_the_champion_and_what_it_beat_are_shown(training: dict[str, Any]) -> None:
    """The version, what its gates said, and the last measured numbers beside the baselines'."""
    text = said(workspace(*promoted(RUN)), training)
    assert "delay version 1 is champion now" in text
    assert "✓ quality  auc 0.71, at least 0.68" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["candidate", "0.71"] in lines
    assert ["logistic", "0.65"] in lines


def test_a_champion_of_an_earlier_run_is_still_champion(training: dict[str, Any]) -> None:
    """A run that promoted nobody does not claim to have done so."""
    assert "delay version 1 is still champion" in said(workspace(*promoted("an-earlier-run")), training)


def test_without_a_champion_it_says_so(training: dict[str, Any]) -> None:
    """A pipeline that trains and promotes nothing is no failure."""
    assert "delay has no champion yet." in said(workspace(), training)


@pytest.mark.parametrize("outcome", ["failed", "rejected", "interrupted", None])
def test_a_run_that_did_not_succeed_speaks_of_no_champion(
    training: dict[str, Any], outcome: str | None
) -> None:
    """What went wrong stands alone."""
    assert said(workspace(*promoted(RUN)), {**training, "outcome": outcome}) == ""


def test_a_run_that_trains_no_model_speaks_of_none(run: Make, entry: Make) -> None:
    """Neither does a sweep of the training stage: nothing of it becomes current."""
    work = workspace(*promoted(RUN))
    assert said(work, run(entry(name="ingest"))) == ""
    assert said(work, run(entry(name="train-1", stage="train"))) == ""
