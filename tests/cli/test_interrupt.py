"""A run that a person stops, and a second run of a pipeline whose first still goes on."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli.said import type_in
from tests.projects import notebook, write_project
from workbench.workspace import open_workspace

WAIT = """
import pathlib, time
pathlib.Path("begun").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.02)
stage.save("done", "done")
"""
STAGES = {
    "first": {
        "notebook": notebook("import workbench as wb\nstage = wb.stage('first')", "stage.save('one', '1')"),
        "outputs": ["one"],
    },
    "wait": {
        "notebook": notebook("import workbench as wb\nstage = wb.stage('wait')", WAIT),
        "inputs": ["one"],
        "outputs": ["done"],
    },
    "last": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('last')", "stage.save('end', stage.load('done'))"
        ),
        "inputs": ["done"],
        "outputs": ["end"],
    },
}
RUN = "import sys; from workbench.cli.main import main; sys.exit(main(sys.argv[1:]))"
SECONDS = 15  # in which a stopped run must have ended, on a machine that is busy with other tests


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose second stage waits for a file."""
    return write_project(tmp_path / "shop", STAGES)


def _press_ctrl_c(started: Started) -> None:
    os.write(started.terminal, b"\x03")


def _press_ctrl_c_impatiently(started: Started) -> None:
    while started.runner.poll() is None:
        os.write(started.terminal, b"\x03")
        time.sleep(0.05)


def _interrupt(started: Started) -> None:
    started.runner.send_signal(signal.SIGINT)


def _terminate(started: Started) -> None:
    started.runner.terminate()


@pytest.mark.parametrize(
    ("on_terminal", "stop"),
    [
        pytest.param(True, _press_ctrl_c, id="Ctrl-C on a terminal"),
        pytest.param(True, _press_ctrl_c_impatiently, id="Ctrl-C again and again"),
        pytest.param(True, _terminate, id="SIGTERM on a terminal"),
        pytest.param(False, _interrupt, id="SIGINT in a pipe"),
        pytest.param(False, _terminate, id="SIGTERM in a pipe"),
    ],
)
def test_a_stopped_run_is_interrupted_and_can_be_resumed(
    on_terminal: bool, stop: Callable[[Started], None], root: Path
) -> None:
    """Recorded so, nothing left running, what was done is kept."""
    with _started(root, "run", on_terminal=on_terminal) as started:
        stop(started)
        assert started.wait(SECONDS) in (1, -signal.SIGINT)  # the latter when pressed after the end
    assert "interrupted" in started.said.lower()
    assert "Traceback" not in started.said
    assert _running_in(root) == []
    with open_workspace(root) as workspace:
        state = workspace.show("last")
        assert workspace.ledger.verify().ok
    outcomes = {name: str(entry.outcome) for name, entry in state.entries.items()}
    assert outcomes == {"first": "succeeded", "wait": "interrupted", "last": "skipped"}
    assert str(state.outcome) == "interrupted"
    (root / "notebooks" / "go").touch()
    resumed = type_in(root, "resume last --json")
    assert resumed.code == 0
    assert [stage["outcome"] for stage in resumed.document["stages"]] == ["succeeded"] * 3
    assert resumed.document["stages"][0]["attempts"] == 1


def test_a_second_run_of_a_pipeline_that_is_alive_is_refused(root: Path) -> None:
    """It names the first, writes nothing, and does not disturb it."""
    with _started(root, "run --json", on_terminal=False) as started:
        first = type_in(root, "runs --json").document[0]
        assert first["outcome"] is None
        before = len(type_in(root, "audit export").out.splitlines())
        for line in ("run", "run --force", "resume last"):
            said = type_in(root, line)
            assert (said.code, said.out) == (1, "")
            assert said.err.startswith(f"error: Pipeline 'main' is already running, as {first['run']}.")
        assert len(type_in(root, "audit export").out.splitlines()) == before
        (root / "notebooks" / "go").touch()
        assert started.wait(60) == 0
        assert json.loads(started.said)["outcome"] == "succeeded"


class Started:
    """A command that goes on, and what it has said so far; a terminal that nobody reads would stall it."""

    def __init__(self, root: Path, line: str, *, on_terminal: bool) -> None:
        self.terminal, theirs = pty.openpty() if on_terminal else os.pipe()
        command = [sys.executable, "-c", RUN, *line.split()]
        if on_terminal:  # a session of its own, whose terminal this is: Ctrl-C reaches all of it
            command = ["setsid", "--ctty", "--wait", *command]
        given = theirs if on_terminal else subprocess.DEVNULL
        self.runner = subprocess.Popen(command, cwd=root, stdin=given, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self._parts: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait(self, seconds: float) -> int:
        """Return the exit code."""
        code = self.runner.wait(seconds)
        self._reader.join(seconds)
        return code

    @property
    def said(self) -> str:
        """Everything that it has said."""
        return b"".join(self._parts).decode()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # a terminal whose other side has gone
            while part := os.read(self.terminal, 65536):
                self._parts.append(part)


@contextlib.contextmanager
def _started(root: Path, line: str, *, on_terminal: bool) -> Iterator[Started]:
    """Start a command; wait until its second stage waits."""
    started = Started(root, line, on_terminal=on_terminal)
    try:
        _until((root / "notebooks" / "begun").exists, started)
        yield started
    finally:
        started.runner.kill()
        started.runner.wait()
        os.close(started.terminal)


def _until(condition: Callable[[], bool], started: Started) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert started.runner.poll() is None, started.said
        assert time.monotonic() < deadline, started.said
        time.sleep(0.02)


def _running_in(root: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(root) and process.pid != os.getpid():
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
