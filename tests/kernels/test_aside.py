"""A process that works aside: forked where it can be, answering side by side, doing all it was asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kernels.kernel import USUAL, until
from workbench.errors import UnknownNameError, WorkbenchError
from workbench.kernels.aside import Aside
from workbench.kernels.process import started_at
from workbench.kernels.servers import servers, start_server


@pytest.fixture
def cold() -> Iterator[Aside]:
    """One in a process executed afresh."""
    aside = Aside()
    yield aside
    aside.close()


def test_a_fork_has_everything_loaded(own_servers: Path) -> None:
    """Its parent is the fork server, so what is slow to import is there."""
    server = start_server(USUAL)
    until(lambda: servers()[0].ready)
    aside = Aside(lambda: USUAL)
    assert aside.call("os:getppid") == server.pid
    assert aside.call("os:getcwd") == str(Path.cwd())
    assert aside.call("tests.kernels.called:has_loaded", "mlflow")
    assert aside.call("tests.kernels.called:knows_packages")
    pid = aside.call("os:getpid")
    aside.close()
    until(lambda: not started_at(pid))


def test_errors_come_back_as_they_were(cold: Aside) -> None:
    """Ours with their hints, others' with their type."""
    with pytest.raises(FileNotFoundError):
        cold.call("os:stat", "/nowhere/at/all")
    with pytest.raises(UnknownNameError, match="Did you mean 'alpha'"):
        cold.call("tests.kernels.called:refuse", "alpa")
    with pytest.raises(RuntimeError, match="Unusual: a lock"):
        cold.call("tests.kernels.called:fail_unusually")


def test_calls_are_answered_side_by_side(cold: Aside) -> None:
    """A quick one does not wait for a slow one."""
    cold.begin()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(cold.call, "time:sleep", 1.0)
        assert cold.call("os:getpid") != os.getpid()
        assert not slow.done()


def test_who_waits_is_told_of_its_death(cold: Aside) -> None:
    """And whoever calls afterwards as well."""
    with pytest.raises(WorkbenchError, match="has ended before its answer"):
        cold.call("os:_exit", 1)
    with pytest.raises(WorkbenchError, match="has ended before its answer"):
        cold.call("os:getpid")


def test_what_was_asked_is_done_though_nobody_waits(tmp_path: Path) -> None:
    """A runner that is killed leaves no half-told story behind."""
    code = (
        "import os, threading\n"
        "from workbench.kernels.aside import Aside\n"
        "aside = Aside()\n"
        "aside.begin()\n"
        f"ask = lambda: aside.call('tests.kernels.called:write_later', {str(tmp_path / 'done')!r})\n"
        "threading.Thread(target=ask, daemon=True).start()\n"
        "aside.call('os:getpid')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -9
    until((tmp_path / "done").exists)
