"""Makes a stage's tracked attempt MLflow's active run in its kernel, whenever MLflow is imported there.

With `MLFLOW_RUN_ID` alone, MLflow resumes the run once: the first training that is autologged ends it,
and everything after lands in a stray run. So the run is put on MLflow's stack of active runs, without
asking the store, and is not ended by the notebook: how it ended is for the runner to say. What a
notebook starts itself (`mlflow.start_run()`) is nested under it, as the same cell does on its own
outside of a run.
"""

from __future__ import annotations

import functools
import importlib.machinery
import inspect
import os
import sys
import threading
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any

from workbench.tracking.store import QUIET

_RUN = "MLFLOW_RUN_ID"
_adopting = threading.RLock()


def adopt_run() -> None:
    """Make the run named by `MLFLOW_RUN_ID` the active one, now or when MLflow is imported.

    Does nothing without that variable, and costs nothing while MLflow is not used. Calling it again
    is harmless.
    """
    if not os.environ.get(_RUN):
        return
    if "mlflow" in sys.modules:
        _adopt()
    elif not any(isinstance(finder, _AfterImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterImport())


def session_variables(tracking_uri: str, artifacts_uri: str, experiment: str) -> dict[str, str]:
    """Return the variables with which a person's session logs to the project's store, outside of a run."""
    return {
        **QUIET,
        "MLFLOW_TRACKING_URI": tracking_uri,
        "MLFLOW_EXPERIMENT_NAME": experiment,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": artifacts_uri,  # else the folder that the kernel happens to be in
    }


class _AfterImport(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "mlflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_adopt(module: Any) -> None:
            execute(module)
            _adopt()

        spec.loader.exec_module = execute_and_adopt  # type: ignore[method-assign]
        return spec


def _adopt() -> None:
    import mlflow
    from mlflow.tracking import fluent

    with _adopting:
        run_id = os.environ[_RUN]
        stacks: Any = getattr(fluent, "_active_run_stack", None)
        if not hasattr(stacks, "default_factory") or getattr(fluent, "adopted", None) == run_id:
            return  # an MLflow of another shape: its own handling of the variable has to do
        run = _active_run(run_id)
        stacks.default_factory = lambda: [run]
        if not stacks.get():
            stacks.set([run])
        fluent.start_run = mlflow.start_run = _nesting(fluent.start_run)
        fluent.end_run = mlflow.end_run = _sparing(fluent.end_run, stacks, run_id)
        fluent.adopted = run_id


def _active_run(run_id: str) -> Any:
    """Build the run as MLflow would read it; its store is asked only when something is logged."""
    from mlflow.entities import LifecycleStage, Run, RunData, RunInfo, RunStatus
    from mlflow.tracking.fluent import ActiveRun

    info = RunInfo(
        run_id=run_id,
        experiment_id=os.environ.get("MLFLOW_EXPERIMENT_ID", "0"),
        user_id="",
        status=RunStatus.to_string(RunStatus.RUNNING),
        start_time=int(time.time() * 1000),
        end_time=None,
        lifecycle_stage=LifecycleStage.ACTIVE,
        artifact_uri=os.environ.get("WORKBENCH_MLFLOW_ARTIFACTS"),
    )
    return ActiveRun(Run(info, RunData()))


def _nesting(start_run: Any) -> Any:
    signature = inspect.signature(start_run)

    @functools.wraps(start_run)
    def start_nested_run(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        given.arguments["nested"] = True
        with _adopting:
            ours = os.environ.pop(_RUN, None)  # MLflow would resume it in place of starting another
            try:
                return start_run(*given.args, **given.kwargs)
            finally:
                if ours:
                    os.environ[_RUN] = ours

    return start_nested_run


def _sparing(end_run: Any, stacks: Any, run_id: str) -> Any:
    @functools.wraps(end_run)
    def end_nested_run(*args: Any, **kwargs: Any) -> None:
        if [run.info.run_id for run in stacks.get()] == [run_id]:
            return
        end_run(*args, **kwargs)
        os.environ[_RUN] = run_id  # for processes that the notebook starts

    return end_nested_run
