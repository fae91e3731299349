"""A run goes on when MLflow's store does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracking.stores import attempt_info, run_info
from workbench.errors import TrackingError
from workbench.tracking import AttemptReport, ForgivingTracker, MlflowTracker


@pytest.fixture
def broken(tmp_path: Path) -> MlflowTracker:
    (tmp_path / "mlflow.db").write_bytes(b"this is no database, and long enough to be seen as none" * 20)
    return MlflowTracker(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts", "flights")


def test_a_damaged_store_is_one_clear_error(broken: MlflowTracker) -> None:
    """The message names the store and says that nothing that decides is lost."""
    with pytest.raises(TrackingError, match=r"mlflow\.db cannot be opened.*\n.*ledger"):
        broken.start_run(run_info())


def test_a_whole_run_passes_with_one_warning(broken: MlflowTracker) -> None:
    """Nothing raises, the person is told once, and kernels still get telemetry switched off."""
    warnings: list[str] = []
    tracker = ForgivingTracker(broken, warnings.append)
    parent = tracker.start_run(run_info())
    attempt = tracker.start_attempt(attempt_info(parent))
    tracker.end_attempt(attempt, AttemptReport("succeeded"))
    tracker.end_run(parent, "succeeded")
    assert (parent, attempt.id) == ("", "")
    assert attempt.env()["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert len(tracker.problems) == len(warnings) == 1
    assert "the run goes on" in warnings[0]


def test_a_folder_that_cannot_be_made_is_a_tracking_error(tmp_path: Path) -> None:
    """A store below a file cannot be: the message says where it was looked for."""
    (tmp_path / "file").write_text("")
    tracker = MlflowTracker(f"sqlite:///{tmp_path}/file/mlflow.db", tmp_path / "artifacts", "flights")
    with pytest.raises(TrackingError, match="cannot be kept in"):
        tracker.start_run(run_info())
