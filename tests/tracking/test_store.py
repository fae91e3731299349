"""The first use of an MLflow store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracking.stores import run_info
from workbench.tracking import MlflowTracker

FIRST_USE = """
import sys
from datetime import UTC, datetime
from workbench.tracking import MlflowTracker, RunInfo
tracker = MlflowTracker(sys.argv[1], sys.argv[2], "flights")
print(tracker.start_run(RunInfo(sys.argv[3], "training", datetime.now(UTC), "ada")))
"""


def test_two_processes_may_be_the_first(tmp_path: Path) -> None:
    """Both migrate one empty database at once; both runs stand in one experiment, and nothing is printed."""
    uri, artifacts = f"sqlite:///{tmp_path}/new/mlflow.db", str(tmp_path / "artifacts")
    (tmp_path / "cwd").mkdir()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_USE, uri, artifacts, run],
            cwd=tmp_path / "cwd",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for run in ("one", "two")
    ]
    ends = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [(errors, code) for _, errors, code in ends] == [("", 0), ("", 0)]
    client = MlflowTracker(uri, artifacts, "flights").client
    experiments = client.search_experiments()
    assert sorted(experiment.name for experiment in experiments) == ["Default", "flights"]
    assert all(experiment.artifact_location.startswith(f"file://{artifacts}") for experiment in experiments)
    (flights,) = [e.experiment_id for e in experiments if e.name == "flights"]
    assert {run.data.tags["workbench.run"] for run in client.search_runs([flights])} == {"one", "two"}
    assert list((tmp_path / "cwd").iterdir()) == []


def test_making_a_tracker_opens_nothing(tmp_path: Path) -> None:
    """A run that executes nothing pays for no MLflow: neither its import nor its database."""
    script = "import sys; from workbench.tracking import MlflowTracker; "
    script += (
        f"MlflowTracker('sqlite:///{tmp_path}/mlflow.db', '{tmp_path}', 'x'); print('mlflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_another_process_is_taken_up(mlflow_tracker: MlflowTracker, tmp_path: Path) -> None:
    """A run started here is found by its id from a new tracker, as after a crash."""
    parent = mlflow_tracker.start_run(run_info())
    again = MlflowTracker(mlflow_tracker.tracking_uri, tmp_path / "artifacts", "flights")
    assert again.start_run(run_info()) == parent


@pytest.mark.parametrize("name", ["DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY"])
def test_opening_a_store_switches_telemetry_off(mlflow_tracker: MlflowTracker, name: str) -> None:
    """Before MLflow is asked anything."""
    assert mlflow_tracker.client
    assert os.environ[name] in {"1", "true"}
