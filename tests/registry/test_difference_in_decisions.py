"""Whoever decides sees what a candidate differs in from the champion's run, refused or proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from tests.registry.models import MODEL, RULES, gate
from workbench.cli.main import main
from workbench.pipeline.outcome import Outcome
from workbench.registry.compared import difference_words
from workbench.workspace import Workspace, open_workspace

HEAD = "import workbench as wb\nstage = wb.stage('{}')"
TRAIN = """
import pandas as pd
from sklearn.linear_model import LinearRegression
rows = pd.DataFrame({'x': [0.0, 1.0]})
stage.save('candidate', LinearRegression().fit(rows, [0.0, slope]), example=rows)
"""
DECIDE = """
good = {**GATE, 'verdict': 'pass' if slope_allowed(stage) else 'fail'}
stage.request('evidence', model='delay', candidate='candidate', gates=[good])
stage.request('proposal', model='delay', candidate='candidate', reason='newer')
"""
RULE = f"""
GATE = {gate("quality", rule={**RULES["quality"], "metric": "r2"})!r}
def slope_allowed(stage):
    return stage.inputs['candidate'] is not None and stage.load('candidate').coef_[0] < 5
"""
TOML = """
[models.delay]
task = "regression"
target = "y"
metric = "mae"
trained_by = "train"
promotion = { policy = "one-approval" }

[models.delay.gates]
quality = { metric = "r2", at_least = 0.7 }
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    stages: dict[str, dict[str, object]] = {
        "train": {
            "notebook": notebook(HEAD.format("train"), TRAIN, parameters="slope: float = 1.0"),
            "outputs": ["candidate"],
        },
        "decide": {"notebook": notebook(HEAD.format("decide"), RULE, DECIDE), "inputs": ["candidate"]},
    }
    return write_project(tmp_path / "shop", stages, extra=TOML)


def ran(workspace: Workspace, slope: float) -> Outcome | None:
    return workspace.run(overrides={"train": {"slope": str(slope)}}).outcome


def test_a_request_and_a_refusal_carry_what_differs_from_the_champions_run(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change of a parameter is named where a person decides, and where they read of the refusal."""
    with open_workspace(shop) as workspace:
        assert ran(workspace, 1.0) is Outcome.SUCCEEDED
        first = workspace.registry.waiting(MODEL)
        assert not first.difference
        workspace.registry.approve(MODEL, first.number)
        assert ran(workspace, 2.0) is Outcome.SUCCEEDED
        waiting = workspace.registry.waiting(MODEL)
        champion = workspace.registry.version(MODEL)
        assert ran(workspace, 9.0) is Outcome.REJECTED
        refused = workspace.show("last").entries["decide"].attempts[-1]
    words = difference_words(waiting.difference)
    assert words[0] == f"Against champion 1, of run {champion.run}:"
    assert [line.strip() for line in words[1:]] == ["train: parameter slope: 1.0 → 2.0"]
    assert refused.difference is not None
    assert refused.difference["changes"] == ["train: parameter slope: 1.0 → 9.0"]
    monkeypatch.chdir(shop)
    said = {}
    for command in ("models delay", "show last", "card delay/2", "approve delay"):
        assert main(command.split()) == 0
        said[command] = capsys.readouterr().out
    assert "parameter slope: 1.0 → 2.0" in said["models delay"]
    assert "parameter slope: 1.0 → 9.0" in said["show last"]
    assert "parameter slope: 1.0 → 2.0" in said["card delay/2"]
    assert "parameter slope: 1.0 → 2.0" in said["approve delay"]
