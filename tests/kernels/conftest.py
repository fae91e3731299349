from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernels.kernel import until
from workbench.kernels.folder import VARIABLE
from workbench.kernels.process import runs, started_at
from workbench.kernels.servers import stop_servers


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[Path]:
    """A folder for fork servers that only these tests use, and that is empty of them afterwards."""
    folder = tempfile.mkdtemp(prefix="wb-servers-")  # short: a socket's path has at most 107 bytes
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = folder
    yield Path(folder)
    stop_servers()
    os.environ.pop(VARIABLE)
    if before is not None:
        os.environ[VARIABLE] = before
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _private(shared_servers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(shared_servers))
    monkeypatch.delenv("WORKBENCH_TICKET", raising=False)


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the fork servers of one test, which may do with them what it likes."""
    folder = tempfile.mkdtemp(prefix="wb-own-")
    monkeypatch.setenv(VARIABLE, folder)
    yield Path(folder)
    Path(folder).chmod(0o700)
    stopped = [(state.pid, started_at(state.pid)) for state in stop_servers()]
    until(lambda: not any(runs(pid, began) for pid, began in stopped))
    shutil.rmtree(folder, ignore_errors=True)
