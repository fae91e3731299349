"""`workbench serve`: binds the port, and lets a supervisor do the rest."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.passing import passing_folder
from workbench.serving.supervisor.supervisor import Started, Supervisor

if TYPE_CHECKING:
    from workbench.project import Project

_BACKLOG = 2048


def serve(
    project: Project,
    models: Sequence[str],
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    started: Callable[[Started], None],
) -> None:
    """Serve models until the process is told to end.

    Args:
        project: whose they are.
        models: their names; all that the project declares when empty.
        host: otherwise than `[serving]` says.
        port: likewise.
        workers: likewise.
        started: called once the service answers.

    Raises:
        UsageError: there is nothing to serve, or the port is taken.
        WorkbenchError: the workers end before they serve.
    """
    serving = project.config.serving
    names = list(dict.fromkeys(models or project.config.models))
    if not names:
        raise UsageError(
            "The project declares no model that could be served.",
            hint="A table [models.NAME] in workbench.toml declares one.",
        )
    for name in names:
        project.model(name)
    count = workers or serving.workers or cores()
    with (
        _bind(host or serving.host, serving.port if port is None else port) as listening,
        passing_folder("workbench-serving-") as counted,
    ):

        async def run() -> None:
            await Supervisor(
                project, names, listening=listening, workers=count, counted=counted, started=started
            ).run()

        asyncio.run(run())


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens; connections wait in it while a worker starts anew."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except BaseException:
            listening.close()
            raise
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "something else listens there" if taken else (error.strerror or str(error))
        raise UsageError(
            f"{host}:{port} cannot be listened on: {why}.",
            hint="Name another: workbench serve MODEL --port 8081 (0 takes a free one).",
        ) from None
    return listening
