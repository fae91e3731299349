"""Where MLflow's own calls land when a stage's code makes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tracking.stores import attempt_info, run_info
from workbench.tracking import AttemptReport, MlflowTracker, session_variables

TRAIN = """
import lightgbm, numpy, mlflow
X = numpy.random.default_rng(0).normal(size=(100, 2))
def train():
    data = lightgbm.Dataset(X, X[:, 0] > 0)
    lightgbm.train({"objective": "binary", "verbose": -1, "learning_rate": 0.2}, data, 3)
"""

ADOPT = "from workbench.tracking import adopt_run\nadopt_run()\nadopt_run()\n"


def in_kernel(code: str, env: dict[str, str], cwd: Path) -> str:
    """Run code in a process started as a kernel is; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def runs(tracker: MlflowTracker) -> dict[str, Any]:
    return {run.info.run_name: run for run in tracker.client.search_runs([tracker.experiment_id])}


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


def test_plain_calls_land_in_the_attempt_by_its_variables_alone(
    mlflow_tracker: MlflowTracker, cwd: Path
) -> None:
    """A kernel that knows nothing but its environment logs into the child run."""
    begun = mlflow_tracker.start_attempt(attempt_info(mlflow_tracker.start_run(run_info())))
    in_kernel("import mlflow; mlflow.log_metric('auc', 0.7)", begun.env(), cwd)
    assert mlflow_tracker.client.get_run(begun.id).data.metrics == {"auc": 0.7}
    assert list(cwd.iterdir()) == []


def test_everything_lands_in_an_adopted_attempt(mlflow_tracker: MlflowTracker, cwd: Path) -> None:
    """Plain calls, two autologged trainings, threads and stray ends of runs; own runs are nested below."""
    code = f"""{ADOPT}{TRAIN}
import threading
mlflow.log_metric("before", 1)
mlflow.lightgbm.autolog(log_models=False, log_datasets=False)
train()
mlflow.log_metric("between", 2)
train()
thread = threading.Thread(target=lambda: mlflow.log_metric("thread", 3))
thread.start(); thread.join()
mlflow.end_run()
with mlflow.start_run(run_name="trial 1"):
    mlflow.log_param("rate", 0.1)
with mlflow.start_run(run_name="trial 2"):
    mlflow.log_param("rate", 0.2)
mlflow.log_metric("after", 5)
print(mlflow.active_run().info.run_id)
"""
    begun = mlflow_tracker.start_attempt(attempt_info(mlflow_tracker.start_run(run_info())))
    printed = in_kernel(code, begun.env(), cwd)
    mlflow_tracker.end_attempt(begun, AttemptReport("failed", reason="a later cell raised"))
    shown = runs(mlflow_tracker)
    assert sorted(shown) == ["20261121-030000-abcd · training", "train", "trial 1", "trial 2"]
    train = shown["train"]
    assert train.info.run_id == printed.strip() == begun.id
    assert train.info.status == "FAILED"
    assert {"before", "between", "thread", "after"} <= set(train.data.metrics)
    assert train.data.params["learning_rate"] == "0.2"
    for number in (1, 2):
        trial = shown[f"trial {number}"]
        assert trial.data.params == {"rate": f"0.{number}"}
        assert trial.data.tags["mlflow.parentRunId"] == begun.id
        assert trial.info.status == "FINISHED"
    assert list(cwd.iterdir()) == []


def test_a_process_that_the_stage_starts_logs_into_the_attempt(
    mlflow_tracker: MlflowTracker, cwd: Path
) -> None:
    """`!python train.py` finds the run in its environment, also after the stage has used runs of its own."""
    child = "import os; print(os.environ['MLFLOW_RUN_ID'])"
    code = f"""{ADOPT}
import subprocess, sys, mlflow
with mlflow.start_run(): pass
subprocess.run([sys.executable, "-c", {child!r}], check=True)
"""
    begun = mlflow_tracker.start_attempt(attempt_info(mlflow_tracker.start_run(run_info())))
    assert in_kernel(code, begun.env(), cwd).strip() == begun.id


def test_adopting_imports_nothing_and_needs_no_run(cwd: Path) -> None:
    """A stage that never uses MLflow pays nothing; outside of a run nothing is changed."""
    code = f"{ADOPT}import sys; print('mlflow' in sys.modules, len(sys.meta_path))"
    without = in_kernel(code, {}, cwd).split()
    within = in_kernel(code, {"MLFLOW_RUN_ID": "0" * 32}, cwd).split()
    assert without[0] == within[0] == "False"
    assert int(within[1]) == int(without[1]) + 1


def test_a_session_of_a_person_logs_to_the_projects_store(mlflow_tracker: MlflowTracker, cwd: Path) -> None:
    """Outside of a run, MLflow's calls make runs of their own in the project's experiment."""
    variables = session_variables(mlflow_tracker.tracking_uri, mlflow_tracker.artifacts_uri, "flights")
    in_kernel("import mlflow; mlflow.log_text('hi', 'note.txt')", variables, cwd)
    (run,) = mlflow_tracker.client.search_runs([mlflow_tracker.experiment_id])
    assert run.info.artifact_uri.startswith(mlflow_tracker.artifacts_uri)
    assert list(cwd.iterdir()) == []
