"""What MLflow's own pages show of a run."""

from __future__ import annotations

import json
import math
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.tracking.stores import AT, attempt_info, run_info
from workbench.errors import TrackingError
from workbench.tracking import AttemptReport, MlflowTracker, TrackedAttempt
from workbench.tracking.mlflow_tracker import mlflow_status


def attempted(tracker: MlflowTracker, report: AttemptReport, **fields: Any) -> Any:
    """Track one attempt from start to end and return it as MLflow reads it back."""
    begun = tracker.start_attempt(attempt_info(tracker.start_run(run_info()), **fields))
    tracker.end_attempt(begun, report)
    return tracker.client.get_run(begun.id)


def test_a_run_and_its_attempts_have_names_that_people_know(mlflow_tracker: MlflowTracker) -> None:
    """The parent is `RUN · PIPELINE`, its children are entries, a retry says which attempt it is."""
    parent = mlflow_tracker.start_run(run_info())
    mlflow_tracker.start_attempt(attempt_info(parent))
    mlflow_tracker.start_attempt(attempt_info(parent, attempt=2))
    runs = mlflow_tracker.client.search_runs([mlflow_tracker.experiment_id])
    assert {run.info.run_name for run in runs} == {
        "20261121-030000-abcd · training",
        "train",
        "train · attempt 2",
    }
    nested = mlflow_tracker.client.search_runs(
        [mlflow_tracker.experiment_id], f"tags.mlflow.parentRunId = '{parent}'"
    )
    assert len(nested) == 2


def test_tags_say_whence_a_run_came(mlflow_tracker: MlflowTracker) -> None:
    """User, notebook, git commit and dirty flag stand where MLflow looks for them; the rest is ours."""
    begun = mlflow_tracker.start_attempt(
        attempt_info(mlflow_tracker.start_run(run_info()), environment="e1", fingerprint="f1")
    )
    mlflow_tracker.end_attempt(begun, AttemptReport("timed_out", reason="ran longer than 1 s", head="h1"))
    tags = mlflow_tracker.client.get_run(begun.id).data.tags
    expected = {
        "mlflow.user": "ada",
        "mlflow.source.name": "notebooks/train.ipynb",
        "mlflow.source.type": "NOTEBOOK",
        "mlflow.source.git.commit": "c0ffee",
        "mlflow.source.git.dirty": "true",
        "workbench.run": "20261121-030000-abcd",
        "workbench.stage": "train",
        "workbench.attempt": "1",
        "workbench.seed": "7",
        "workbench.environment": "e1",
        "workbench.fingerprint": "f1",
        "workbench.outcome": "timed_out",
        "workbench.reason": "ran longer than 1 s",
        "workbench.ledger_head": "h1",
    }
    assert {key: tags.get(key) for key in expected} == expected
    assert "**timed_out**: ran longer than 1 s" in tags["mlflow.note.content"]


STATUSES = [
    ("succeeded", "FINISHED"),
    ("reused", "FINISHED"),
    ("rejected", "FAILED"),
    ("failed", "FAILED"),
    ("killed", "FAILED"),
    ("timed_out", "FAILED"),
    ("lost", "FAILED"),
    ("interrupted", "KILLED"),
]


@pytest.mark.parametrize(("outcome", "status"), STATUSES)
def test_every_outcome_has_its_status(outcome: str, status: str) -> None:
    """MLflow knows three ends; ours map onto them."""
    assert mlflow_status(outcome) == status


def test_times_are_project_time(mlflow_tracker: MlflowTracker) -> None:
    """A replayed year is shown in its own time: start as told, end after the measured seconds."""
    info = attempted(mlflow_tracker, AttemptReport("succeeded", seconds=90)).info
    assert info.start_time == AT.timestamp() * 1000
    assert info.end_time == info.start_time + 90_000


def test_metrics_keep_steps_and_unusual_numbers(mlflow_tracker: MlflowTracker) -> None:
    """Given steps are kept, others are numbered in order; NaN and forbidden characters pass."""
    lines = [
        {"name": "loss", "value": 0.5, "step": 10, "at": AT.isoformat()},
        {"name": "loss", "value": 0.4, "step": 20, "at": AT.isoformat()},
        {"name": "auc", "value": 0.6, "step": None, "at": AT.isoformat()},
        {"name": "auc", "value": 0.7, "step": None, "at": AT.isoformat()},
        {"name": "auc@10%", "value": float("nan"), "step": None, "at": AT.isoformat()},
    ]
    run = attempted(
        mlflow_tracker,
        AttemptReport("succeeded", metrics=lines, cpu_seconds=3.5, peak_memory_bytes=2_000_000),
    )

    def history(name: str) -> list[tuple[int, float]]:
        return [(m.step, m.value) for m in mlflow_tracker.client.get_metric_history(run.info.run_id, name)]

    assert history("loss") == [(10, 0.5), (20, 0.4)]
    assert history("auc") == [(0, 0.6), (1, 0.7)]
    assert math.isnan(run.data.metrics["auc_10_"])
    assert run.data.metrics["system/cpu_seconds"] == 3.5
    assert run.data.metrics["system/peak_memory_megabytes"] == 2.0


def test_thousands_of_values_are_split_into_requests(mlflow_tracker: MlflowTracker) -> None:
    """More metrics and parameters than one request may hold all arrive."""
    lines = [{"name": "loss", "value": step, "step": step} for step in range(2_500)]
    parameters = {f"p{number}": number for number in range(230)}
    run = attempted(mlflow_tracker, AttemptReport("succeeded", metrics=lines, parameters=parameters))
    assert len(mlflow_tracker.client.get_metric_history(run.info.run_id, "loss")) == 2_500
    assert len(run.data.params) == 230


def test_a_parameter_that_autologging_has_set_otherwise_is_kept_beside_it(
    mlflow_tracker: MlflowTracker,
) -> None:
    """MLflow allows no second value; ours is shown as `stage.NAME`. Equal values are one parameter."""
    begun = mlflow_tracker.start_attempt(attempt_info(mlflow_tracker.start_run(run_info())))
    mlflow_tracker.client.log_param(begun.id, "rate", "0.1")
    mlflow_tracker.client.log_param(begun.id, "kind", "binary")
    mlflow_tracker.end_attempt(
        begun, AttemptReport("succeeded", parameters={"rate": 0.05, "kind": "binary", "days": [1, 2]})
    )
    assert mlflow_tracker.client.get_run(begun.id).data.params == {
        "rate": "0.1",
        "stage.rate": "0.05",
        "kind": "binary",
        "days": "[1, 2]",
    }


def test_inputs_are_shown_as_datasets(mlflow_tracker: MlflowTracker) -> None:
    """Name, digest, version, columns and rows of each input; a model that nobody holds is none."""
    schema = [
        {"name": "day", "type": "date32[day]"},
        {"name": "delay", "type": "double"},
        {"name": "n", "type": "int64"},
    ]
    inputs: dict[str, dict[str, Any]] = {
        "flights": {
            "kind": "dataset",
            "fingerprint": "ab" * 32,
            "rows": 336776,
            "schema": schema,
            "version": 3,
            "uri": "/d",
        },
        "report": {"kind": "artifact", "fingerprint": "cd" * 32, "uri": "/r"},
        "m@champion": {"kind": "absent", "fingerprint": "absent"},
    }
    run = attempted(mlflow_tracker, AttemptReport("succeeded", inputs=inputs))
    shown = {given.dataset.name: given for given in run.inputs.dataset_inputs}
    assert set(shown) == {"flights", "report"}
    flights = shown["flights"].dataset
    assert flights.digest == "ab" * 8
    assert json.loads(flights.source) == {"path": "/d", "delta_table_version": 3}
    assert [c["type"] for c in json.loads(flights.schema)["mlflow_colspec"]] == ["datetime", "double", "long"]
    assert json.loads(flights.profile) == {"num_rows": 336776}
    assert {tag.key: tag.value for tag in shown["flights"].tags}["workbench.version"] == "3"


def test_files_of_an_attempt_are_kept_with_it(mlflow_tracker: MlflowTracker, tmp_path: Path) -> None:
    """Notebook, page, figures and small outputs, not a dataset's files nor an output above the limit."""
    folder = tmp_path / "space"
    for name in (
        "notebook.ipynb",
        "notebook.html",
        "figures/roc.png",
        "outputs/model/MLmodel",
        "outputs/flights/a.parquet",
        "outputs/huge/b.bin",
        "ticket.json",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    outputs: dict[str, dict[str, Any]] = {
        "model": {"kind": "model", "files": [{"size": 10}]},
        "flights": {"kind": "dataset", "rows": 3, "version": 1, "files": [{"size": 10}]},
        "huge": {"kind": "artifact", "files": [{"size": 10**9}]},
    }
    run = attempted(mlflow_tracker, AttemptReport("succeeded", folder=folder, outputs=outputs))
    kept = tmp_path / "artifacts" / "flights" / run.info.run_id / "artifacts"
    assert sorted(path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()) == [
        "figures/roc.png",
        "model/MLmodel",
        "notebook.html",
        "notebook.ipynb",
    ]
    assert "saved dataset `flights`, version 1, 3 rows" in run.data.tags["mlflow.note.content"]


def test_an_experiment_is_shown_as_one_of_model_training(mlflow_tracker: MlflowTracker) -> None:
    """MLflow's pages would otherwise open as if it were about prompts and traces."""
    experiment = mlflow_tracker.client.get_experiment(mlflow_tracker.experiment_id)
    assert experiment.name == "flights"
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_an_experiment_deleted_by_hand_comes_back(mlflow_tracker: MlflowTracker, tmp_path: Path) -> None:
    """The next runner restores it with its runs, in place of failing."""
    parent = mlflow_tracker.start_run(run_info())
    mlflow_tracker.client.delete_experiment(mlflow_tracker.experiment_id)
    again = MlflowTracker(mlflow_tracker.tracking_uri, tmp_path / "artifacts", "flights")
    assert again.start_run(run_info()) == parent


def test_a_refusal_that_passes_is_tried_again(mlflow_tracker: MlflowTracker, tmp_path: Path) -> None:
    """A store that fails once keeps everything: here its database is away for one request."""
    database = tmp_path / "mlflow.db"
    parent = mlflow_tracker.start_run(run_info())
    begun = mlflow_tracker.start_attempt(attempt_info(parent))
    client, tried = mlflow_tracker.client, []

    def get_run_of_a_busy_store(run_id: str) -> Any:
        tried.append(run_id)
        if len(tried) == 1:
            with sqlite3.connect(database) as connection:
                connection.execute("ALTER TABLE params RENAME TO away")
        elif len(tried) == 2:
            with sqlite3.connect(database) as connection:
                connection.execute("ALTER TABLE away RENAME TO params")
        return type(client).get_run(client, run_id)

    client.get_run = get_run_of_a_busy_store
    with stamina.set_testing(True, attempts=3):
        mlflow_tracker.end_attempt(begun, AttemptReport("succeeded", parameters={"rate": 1}))
    del client.get_run
    assert len(tried) == 2
    assert client.get_run(begun.id).data.params == {"rate": "1"}


def test_an_attempt_deleted_by_hand_is_an_error_at_once(mlflow_tracker: MlflowTracker) -> None:
    """What will not pass is not tried again; the message says what is lost."""
    begun = mlflow_tracker.start_attempt(attempt_info(mlflow_tracker.start_run(run_info())))
    mlflow_tracker.client.delete_run(begun.id)
    with pytest.raises(TrackingError, match=r"refused.*\n.*ledger"):
        mlflow_tracker.end_attempt(
            TrackedAttempt(begun.id, AT), AttemptReport("succeeded", parameters={"a": 1})
        )
