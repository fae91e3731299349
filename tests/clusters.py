"""A real Dask cluster on loopback: a scheduler, and workers that are processes like on other machines."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from workbench.kernels.folder import VARIABLE
from workbench.kernels.servers import ServerState, servers, stop_servers

Process = subprocess.Popen[bytes]

# Dask's statistical profiler looks at every thread a hundred times a second; docs/cluster.md says so too.
_QUIET = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}


@dataclass
class Cluster:
    """A running cluster.

    Attributes:
        address: of its scheduler, `HOST:PORT`.
        workers: their processes, by name.
        kernels: the folder of each worker's fork servers: as on machines of their own.
    """

    address: str
    scheduler: Process
    workers: dict[str, Process] = field(default_factory=dict)
    kernels: dict[str, Path] = field(default_factory=dict)

    def servers(self, worker: str) -> list[ServerState]:
        """Return the fork servers that a worker has started and that still listen."""
        with _folder(self.kernels[worker]):
            return servers()


@contextmanager
def dask_cluster(folder: Path, names: Sequence[str] = ("left", "right")) -> Iterator[Cluster]:
    """Run a cluster whose workers have one core each; nothing of it is left afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"127.0.0.1:{port}"
    scheduler = _start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    cluster = Cluster(address, scheduler)
    try:
        for name in names:
            cluster.kernels[name] = Path(tempfile.mkdtemp(prefix="wb-"))  # short, as a socket's path must be
            cluster.workers[name] = _start(
                "worker",
                f"tcp://{address}",
                *("--host", "127.0.0.1", "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
                *("--resources", "cpus=1", "--local-directory", str(folder / f"worker-{name}")),
                variables={VARIABLE: str(cluster.kernels[name])},
            )
        _wait_for_workers(address, len(names))
        yield cluster
    finally:
        for process in (*cluster.workers.values(), scheduler):
            _kill(process)
        for kernels in cluster.kernels.values():
            with _folder(kernels):
                stop_servers()
            shutil.rmtree(kernels, ignore_errors=True)


def _start(kind: str, *words: str, variables: dict[str, str] | None = None) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **_QUIET, **(variables or {})},
        start_new_session=True,
    )


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def _kill(process: Process) -> None:
    if process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.send_signal(signal.SIGCONT)
    process.wait()


@contextmanager
def _folder(kernels: Path) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(kernels)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
