"""Trackers to test, and one view of what each of them shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workbench.tracking import AttemptInfo, ForgivingTracker, MemoryTracker, MlflowTracker, RunInfo, Tracker

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A run or an attempt as a tracker shows it."""

    name: str
    outcome: str | None
    parent: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Tracked:
    """A tracker with the means to look at what it shows."""

    tracker: Tracker
    show: Callable[[str], Shown]


def run_info(run: str = "20261121-030000-abcd", **fields: Any) -> RunInfo:
    given = {
        "pipeline": "training",
        "at": AT,
        "actor": "ada",
        "git": {"commit": "c0ffee", "dirty": True},
        **fields,
    }
    return RunInfo(run=run, **given)


def attempt_info(parent: str, entry: str = "train", **fields: Any) -> AttemptInfo:
    given = {
        "run": "20261121-030000-abcd",
        "stage": entry,
        "attempt": 1,
        "at": AT,
        "actor": "ada",
        "git": {"commit": "c0ffee", "dirty": True},
        "notebook": f"notebooks/{entry}.ipynb",
        "seed": 7,
        **fields,
    }
    return AttemptInfo(parent=parent, entry=entry, **given)


def memory() -> Tracked:
    tracker = MemoryTracker()

    def show(tracking_id: str) -> Shown:
        if tracking_id in tracker.runs:
            run = tracker.runs[tracking_id]
            return Shown(run.info.run, run.outcome)
        kept = tracker.attempts[tracking_id]
        if kept.report is None:
            return Shown(kept.info.entry, None, kept.info.parent)
        metrics = {line["name"]: line["value"] for line in kept.report.metrics}
        parameters = {name: str(value) for name, value in kept.report.parameters.items()}
        return Shown(kept.info.entry, kept.report.outcome, kept.info.parent, parameters, metrics)

    return Tracked(tracker, show)


def mlflow(tracker: MlflowTracker) -> Tracked:
    def show(tracking_id: str) -> Shown:
        run = tracker.client.get_run(tracking_id)
        tags = run.data.tags
        ended = run.info.status != "RUNNING"
        return Shown(
            tags.get("workbench.entry", tags["workbench.run"]),
            tags.get("workbench.outcome") if ended else None,
            tags.get("mlflow.parentRunId"),
            run.data.params,
            {k: v for k, v in run.data.metrics.items() if not k.startswith("system/")},
        )

    return Tracked(tracker, show)


def forgiving(inner: Tracked) -> Tracked:
    return Tracked(ForgivingTracker(inner.tracker, pytest.fail), inner.show)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database whose second of migrations is paid once."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    assert MlflowTracker(f"sqlite:///{path}", path.parent / "artifacts", "unused").client
    return path


@pytest.fixture
def mlflow_tracker(migrated: Path, tmp_path: Path) -> MlflowTracker:
    shutil.copy(migrated, tmp_path / "mlflow.db")
    return MlflowTracker(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts", "flights")
