"""The six notebooks, run as the pipeline that they are, on one month of the year."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.registry import GateResult, Verdict
from workbench.workspace import Workspace, open_workspace

ROOT = Path(__file__).parents[2]
SHORT = {
    "ingest": {"last_day": "2013-01-31"},
    "train": {"train_until": "2013-01-24", "validate_days": "7", "n_trials": "1"},
    "evaluate": {"test_until": "2013-01-31"},
}
LONG = ("fairness", "found", "calibration", "robustness")  # gates that conclude nothing from seven days


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A copy of the project, without its history, opened."""
    root = tmp_path_factory.mktemp("clone")
    declared = (ROOT / "workbench.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in declared if line.partition(" = ")[0] not in LONG]
    (root / "workbench.toml").write_text("".join(kept), encoding="utf-8")
    for folder in ("notebooks", "flights", "contracts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with open_workspace(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def first(workspace: Workspace) -> dict[str, Any]:
    """What is told of the first run."""
    return workspace.run(overrides=SHORT).to_dict()


def test_a_month_goes_from_raw_data_to_a_champion(workspace: Workspace, first: dict[str, Any]) -> None:
    """Three weeks are learnt from, the fourth is judged by; then the champion answers for any flight."""
    assert {stage["name"]: stage["outcome"] for stage in first["stages"]} == dict.fromkeys(
        ("ingest", "validate", "features", "train", "evaluate", "promote"), "succeeded"
    )
    metrics = next(stage["metrics"] for stage in first["stages"] if stage["name"] == "evaluate")
    assert metrics["auc"] > 0.68
    assert metrics["base_rate_auc"] == 0.5
    assert metrics["log_loss"] < metrics["base_rate_log_loss"]
    assert workspace.registry.load("flight-delay@champion").num_trees() > 5


def test_raw_tables_that_break_a_check_are_rejected_and_nothing_is_built_on_them(
    workspace: Workspace, first: dict[str, Any]
) -> None:
    """Five thousand flights a day were asked for."""
    assert first["outcome"] == "succeeded"
    refused = workspace.run(overrides={**SHORT, "validate": {"flights_a_day": "5000"}}).to_dict()
    stages = {stage["name"]: stage for stage in refused["stages"]}
    assert refused["outcome"] == "rejected"
    assert "at least 5,000 a day" in stages["validate"]["reason"]
    assert stages["ingest"]["outcome"] == "reused"
    assert stages["features"]["outcome"] == "skipped"


def test_a_candidate_that_learnt_less_is_compared_only_by_days_that_are_new_to_the_champion(
    workspace: Workspace, first: dict[str, Any]
) -> None:
    """The champion knows the days up to the 24th: the window begins behind them, or nothing is compared."""
    assert first["outcome"] == "succeeded"
    earlier = {**SHORT, "train": {**SHORT["train"], "train_until": "2013-01-20"}}
    compared = _judged(workspace, earlier)
    assert compared.evidence["blocks"] == 7
    left = _judged(workspace, {**earlier, "evaluate": {"test_until": "2013-01-24"}})
    assert left.verdict is Verdict.INCONCLUSIVE
    assert "version 1 is champion, but it learnt until 2013-01-24" in left.summary
    assert workspace.registry.model("flight-delay").champion == 1


def _judged(workspace: Workspace, overrides: dict[str, Any]) -> GateResult:
    """Return what the champion's gate says of the candidate of a run."""
    workspace.run(overrides=overrides)
    versions = workspace.registry.model("flight-delay").versions
    return next(gate for gate in versions[max(versions)].gates if gate.name == "champion")
