"""Shows runs in MLflow: a run is a parent, its attempts are nested under it."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.errors import TrackingError
from workbench.tracking import evidence
from workbench.tracking.anchors import HEAD_TAG
from workbench.tracking.store import QUIET, essence, open_client
from workbench.tracking.tracker import NONE, AttemptInfo, AttemptReport, RunInfo, TrackedAttempt

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

T = TypeVar("T")

_ATTEMPTS = 4  # tries of one request before it counts as refused
_KEPT_BYTES = 20_000_000  # larger outputs are named in MLflow, not copied into it
_MODEL_TRAINING = {"mlflow.experimentKind": "custom_model_development"}  # else its pages are about prompts


def mlflow_status(outcome: str) -> str:
    """Return MLflow's nearest status; the exact word stands in the tag `workbench.outcome`."""
    if outcome in {"succeeded", "reused"}:
        return "FINISHED"
    return "KILLED" if outcome == "interrupted" else "FAILED"


class MlflowTracker:
    """Tracks in an MLflow store, through one client and no global state; safe in threads.

    Nothing is imported or opened before the first run is told of: about two seconds, then some
    hundredths for each call.

    Args:
        tracking_uri: `sqlite:///…`, `postgresql://…` or `http://…`.
        artifacts_uri: where files of new experiments are kept.
        experiment: the experiment's name, the project's.
    """

    def __init__(self, tracking_uri: str, artifacts_uri: str | Path, experiment: str) -> None:
        self.tracking_uri = tracking_uri
        self.artifacts_uri = _as_uri(artifacts_uri)
        self.experiment = experiment
        self._lock = threading.RLock()

    @property
    def client(self) -> MlflowClient:
        """The client behind everything, opened at its first use."""
        with self._lock:
            return self._client

    @cached_property
    def _client(self) -> MlflowClient:
        return open_client(self.tracking_uri, self.artifacts_uri)

    @property
    def experiment_id(self) -> str:
        """The experiment's id; the experiment is created, or restored, when it is not there."""
        with self._lock:
            return self._experiment_id

    @cached_property
    def _experiment_id(self) -> str:
        return self._tried(self._find_experiment)

    def start_run(self, run: RunInfo) -> str:
        """Create the parent run, or take up the one that an earlier process created for this run."""
        known = self._tried(lambda: self._known_run(run.run))
        if known:
            self._tried(lambda: self.client.update_run(known, status="RUNNING"))
            return known
        tags = {
            **_origin(run.actor, run.git),
            "mlflow.source.name": f"workbench run {run.pipeline}",
            "mlflow.source.type": "JOB",
            "mlflow.note.content": run.description or None,
            "workbench.run": run.run,
            "workbench.pipeline": run.pipeline,
            "workbench.reason": run.reason or None,
            "workbench.executor": run.executor,
            "workbench.parameters": dict(run.parameters) or None,
        }
        return str(self._create(f"{run.run} · {run.pipeline}", run.at, tags).info.run_id)

    def start_attempt(self, attempt: AttemptInfo) -> TrackedAttempt:
        """Create the child run and name the variables that make a kernel log into it."""
        tags = {
            **_origin(attempt.actor, attempt.git),
            "mlflow.parentRunId": attempt.parent,
            "mlflow.source.name": attempt.notebook or attempt.stage,
            "mlflow.source.type": "NOTEBOOK",
            "workbench.run": attempt.run,
            "workbench.stage": attempt.stage,
            "workbench.entry": attempt.entry,
            "workbench.attempt": attempt.attempt,
            "workbench.seed": attempt.seed,
            "workbench.environment": attempt.environment or None,
            "workbench.fingerprint": attempt.fingerprint or None,
        }
        name = attempt.entry if attempt.attempt == 1 else f"{attempt.entry} · attempt {attempt.attempt}"
        info = self._create(name, attempt.at, tags).info
        variables = {
            **QUIET,
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "MLFLOW_EXPERIMENT_ID": info.experiment_id,
            "MLFLOW_RUN_ID": info.run_id,
            "WORKBENCH_MLFLOW_ARTIFACTS": info.artifact_uri,
        }
        return TrackedAttempt(info.run_id, attempt.at, variables)

    def end_attempt(self, tracked: TrackedAttempt, report: AttemptReport) -> None:
        """Log everything in few requests, keep the files, and set the status last."""
        self._tried(lambda: self._log_evidence(tracked.id, report))
        self._tried(lambda: self._log_files(tracked.id, report))
        self._end(tracked.id, report.outcome, _after(tracked.at, report.seconds))

    def end_run(
        self,
        tracking_id: str,
        outcome: str,
        summary: str = "",
        *,
        head: str = "",
        metrics: Mapping[str, float] = NONE,
    ) -> None:
        """Set the parent's metrics, outcome and summary, and its status last."""
        tags = evidence.tags(
            {
                "workbench.outcome": outcome,
                HEAD_TAG: head or None,
                "mlflow.note.content": summary or None,
            }
        )
        for batch in evidence.batches(evidence.metrics((), metrics), (), tags):
            self._tried(functools.partial(self.client.log_batch, tracking_id, **batch))
        self._end(tracking_id, outcome, None)

    def _create(self, name: str, at: datetime, tags: Mapping[str, Any]) -> Any:
        texts = {tag.key: tag.value for tag in evidence.tags(tags)}
        start = int(at.timestamp() * 1000)
        return self._tried(lambda: self.client.create_run(self.experiment_id, start, texts, name))

    def _log_evidence(self, run_id: str, report: AttemptReport) -> None:
        from workbench.tracking.lineage import dataset_inputs

        taken = self.client.get_run(run_id).data.params
        tags = evidence.tags(
            {
                "workbench.outcome": report.outcome,
                "workbench.reason": report.reason or None,
                HEAD_TAG: report.head or None,
                "mlflow.note.content": _note(report),
            }
        )
        metrics = evidence.metrics(report.metrics, evidence.usage(report))
        for batch in evidence.batches(metrics, evidence.params(report.parameters, taken), tags):
            self.client.log_batch(run_id, **batch)
        datasets = dataset_inputs(report.inputs)
        if datasets:
            self.client.log_inputs(run_id, datasets=datasets)

    def _log_files(self, run_id: str, report: AttemptReport) -> None:
        if report.folder is None:
            return
        for name in ("notebook.ipynb", "notebook.html"):
            if (report.folder / name).is_file():
                self.client.log_artifact(run_id, str(report.folder / name))
        if (report.folder / "figures").is_dir():
            self.client.log_artifacts(run_id, str(report.folder / "figures"), "figures")
        for name, record in report.outputs.items():
            folder = report.folder / "outputs" / name
            if record["kind"] != "dataset" and folder.is_dir() and _size(record) <= _KEPT_BYTES:
                self.client.log_artifacts(run_id, str(folder), name)

    def _end(self, run_id: str, outcome: str, at: int | None) -> None:
        self._tried(lambda: self.client.set_terminated(run_id, mlflow_status(outcome), at))

    def _known_run(self, run: str) -> str | None:
        found = self.client.search_runs(
            [self.experiment_id],
            f"tags.`workbench.run` = '{run}' and tags.`workbench.pipeline` != ''",
            max_results=1,
        )
        return found[0].info.run_id if found else None

    def _find_experiment(self) -> str:
        from mlflow.exceptions import MlflowException

        found = self.client.get_experiment_by_name(self.experiment)
        if found is None:
            try:
                place = f"{self.artifacts_uri}/{self.experiment}"
                return str(self.client.create_experiment(self.experiment, place, _MODEL_TRAINING))
            except MlflowException:  # another process was first
                found = self.client.get_experiment_by_name(self.experiment)
                if found is None:
                    raise
        if found.lifecycle_stage == "deleted":
            self.client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    def _tried(self, request: Callable[[], T]) -> T:
        import stamina
        from mlflow.exceptions import MlflowException

        client = self.client  # opening a store is not retried: its error is final
        try:
            for attempt in stamina.retry_context(
                on=_is_passing, attempts=_ATTEMPTS, wait_initial=0.2, timeout=30
            ):
                with attempt:
                    return request()
        except (MlflowException, OSError) as error:
            raise TrackingError(
                f"MLflow's store refused after {_ATTEMPTS} tries: {essence(error)}",
                hint="The ledger holds what happened; MLflow will not show it completely.",
                uri=self.tracking_uri,
            ) from error
        raise AssertionError(client)


def _is_passing(error: Exception) -> bool:
    from mlflow.exceptions import MlflowException

    if isinstance(error, MlflowException):
        return error.error_code not in {"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"}
    return isinstance(error, OSError)


def _origin(actor: str, git: Mapping[str, Any]) -> dict[str, Any]:
    dirty = git.get("dirty")
    return {
        "mlflow.user": actor,
        "mlflow.source.git.commit": git.get("commit"),
        "mlflow.source.git.dirty": None if dirty is None else str(dirty).lower(),
    }


def _note(report: AttemptReport) -> str | None:
    lines = []
    if report.reason:
        lines.append(f"**{report.outcome}**: {report.reason}")
    if report.error:
        lines.append(f"Cell {report.error['cell']}: `{report.error['ename']}: {report.error['evalue']}`")
    for name, record in report.outputs.items():
        rows = f", {record['rows']:,} rows" if record.get("rows") is not None else ""
        version = f", version {record['version']}" if record.get("version") is not None else ""
        lines.append(f"- saved {record['kind']} `{name}`{version}{rows}")
    return "\n".join(lines) or None


def _size(record: Mapping[str, Any]) -> int:
    return sum(file["size"] for file in record.get("files", ()))


def _after(at: datetime, seconds: float) -> int:
    return int((at.timestamp() + seconds) * 1000)


def _as_uri(place: str | Path) -> str:
    text = os.fspath(place)
    return text.rstrip("/") if "://" in text else Path(text).resolve().as_uri()
