"""Many processes that promote versions of one model at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, candidate, gates, make_project, mlflow_of
from workbench.clock import SystemClock
from workbench.ledger import Append, open_ledger
from workbench.project import Project
from workbench.registry import read_model
from workbench.registry.model import stream_of
from workbench.registry.registration import evaluate
from workbench.registry.shown import as_it_should_be

CHECKOUT = Path(__file__).parents[2]
VERSIONS = "abc"


def with_three_versions(project: Project) -> Runs:
    """Register versions, each of which has passed its gates against every champion there may be."""
    runs = Runs(project, open_ledger(project.layout.ledger_url, SystemClock()))
    for name in VERSIONS:
        runs.train(name)
    for name in VERSIONS:
        for against in (None, 1, 2, 3):
            state = read_model(runs.ledger, MODEL)
            record = candidate(name)["fingerprint"]
            events = evaluate(state, record, gates(), against=against, data={"features": "f1"}, run="r")
            runs.ledger.append(Append(stream_of(MODEL), state.version, tuple(events)))
    return runs


def hammer(project: Project, processes: int, count: int) -> str:
    """Let processes promote at once; check what must hold, and return what was counted."""
    runs = with_three_versions(project)
    command = [
        sys.executable,
        "-m",
        "tests.registry.promoters",
        str(project.root),
        str(processes),
        str(count),
    ]
    began = time.monotonic()
    done = subprocess.run(command, cwd=CHECKOUT, input="go\n", capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    assert (done.returncode, done.stderr) == (0, "")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["moved"] for each in told] == [count] * processes
    assert [each["warnings"] for each in told] == [[]] * processes
    moves = runs.state.moves
    assert len(moves) == processes * count
    assert [move.before for move in moves] == [None, *(move.after for move in moves[:-1])]
    for number in range(processes):
        assert sum(move.actor == f"promoter-{number}" for move in moves) == count
    assert [p.number for p in runs.state.promotions.values()] == list(range(1, len(moves) + 1))
    events = runs.ledger.read(stream_of(MODEL))
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert runs.ledger.verify().ok
    assert mlflow_of(project).look(MODEL) == as_it_should_be(runs.state)
    assert runs.state.strays == {}
    assert runs.ledger.find(kinds=("alias.strayed",)) == []
    runs.ledger.close()
    counted = {key: sum(each[key] for each in told) for key in ("lost", "refused", "same")}
    return f"{processes} processes × {count} promotions in {took:.1f} s: {counted}"


@pytest.fixture(params=["sqlite", "postgres"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A project whose ledger and MLflow are both in one kind of database."""
    stores = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        stores = f'[stores]\nledger = "{url}"\ntracking = "{url}"\n'
    return make_project(tmp_path / "shop", extra=stores)


@pytest.mark.soak
def test_promotions_at_once_lose_no_update_and_mlflow_ends_equal_to_the_ledger(
    project: Project, soak_count: Callable[[int], int]
) -> None:
    """20 processes, 50 successful promotions each, losers trying again."""
    print(hammer(project, soak_count(20), 50))
