"""Reads `--executor`: where kernels run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.pipeline.executor import Executor
    from workbench.project import Project


def open_executor(text: str, project: Project) -> Executor:
    """Return the executor that `text` names: `local`, or a Dask cluster as `dask://HOST:PORT`.

    Raises:
        UsageError: there is no executor of that name, or the project cannot be run there.
        StorageError: the cluster does not answer.
    """
    from workbench.pipeline.executor import LocalExecutor

    if text.startswith("dask://"):
        from workbench.pipeline.cluster import DaskExecutor

        return DaskExecutor(text.removeprefix("dask://"), project)
    if text != "local":
        raise UsageError(
            f"There is no executor {text!r}; expected 'local' or 'dask://HOST:PORT'.",
            hint="Leave --executor out to run on this machine.",
            name=text,
        )
    return LocalExecutor()
