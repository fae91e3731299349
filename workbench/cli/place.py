"""Reads `--executor`: where kernels run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.pipeline.executor import Executor
    from workbench.project import Project

_DASK = "dask://"


def open_executor(text: str, project: Project) -> Executor:
    """Return the executor that `text` names: `local`, or a Dask cluster as `dask://HOST:PORT`.

    Raises:
        UsageError: there is no executor of that name, or the project cannot be run there.
        StorageError: the cluster does not answer.
    """
    from workbench.pipeline.executor import LocalExecutor

    check_executor(text)
    if text.startswith(_DASK):
        from workbench.pipeline.cluster import DaskExecutor

        return DaskExecutor(text.removeprefix(_DASK), project)
    return LocalExecutor()


def check_executor(text: str) -> None:
    """Refuse what names no executor.

    Raises:
        UsageError: it does not.
    """
    host, _, port = text.removeprefix(_DASK).rpartition(":")
    if text == "local" or (text.startswith(_DASK) and host and port.isascii() and port.isdigit()):
        return
    raise UsageError(
        f"There is no executor {text!r}; expected 'local' or 'dask://HOST:PORT'.",
        hint="Leave --executor out to run on this machine; a scheduler of Dask tells its address, "
        "with a port such as 8786, when it starts.",
        name=text,
    )
