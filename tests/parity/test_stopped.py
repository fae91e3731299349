"""A check that somebody stops: its kernel ends, its space is removed, and it says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.projects import notebook, write_notebook

PATIENCE = 60.0
_COMMAND = "from workbench.cli.main import main; raise SystemExit(main())"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_nothing_is_left_of_it(tmp_path: Path, number: signal.Signals) -> None:
    """While a cell goes on for long."""
    told = tmp_path / "pid"
    tell = f"import os, pathlib, time\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    write_notebook(tmp_path / "slow.ipynb", notebook(f"{tell}\ntime.sleep(600)"))
    with tempfile.TemporaryDirectory(prefix="wb-t-") as space, _checking(tmp_path, space) as going:
        _until(lambda: told.exists() and bool(told.read_text()))
        kernel = int(told.read_text())
        going.send_signal(number)
        _, errors = going.communicate(timeout=PATIENCE)
        assert going.returncode == 1
        assert json.loads(errors)["error"]["message"] == "The check was stopped."
        _until(lambda: not _is_alive(kernel))
        assert not list(Path(space).glob("workbench-check-*"))


@contextmanager
def _checking(folder: Path, space: str) -> Iterator[subprocess.Popen[str]]:
    """Check the notebook in a process of its own, which does not outlive the test."""
    going = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "check", "slow.ipynb", "--json"],
        cwd=folder,
        env={**os.environ, "TMPDIR": space},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with going:
        try:
            yield going
        finally:
            going.kill()


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)
