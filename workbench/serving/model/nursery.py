"""A process that has imported what models need, and forks a child for each trial: a trial in a moment."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic, sleep

from workbench.serving.model.steps import READ, attempt, saying
from workbench.serving.model.trial import TIMEOUT, Trial, try_version, watch

_PRELOADED = (
    "lightgbm",
    "skops.io",
    "yaml",
    "workbench.ledger.sqlite",
    "workbench.project",
    "workbench.registry.model",
    "workbench.serving.model.golden",
    "workbench.tracking.categories",
    "workbench.tracking.model_store",
    "workbench.tracking.trust",
)
_ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_STARTED = 60.0
_SPARE = 5.0


class Trials:
    """Tries versions aside, as `try_version` does, without the seconds of importing for each.

    Its process is made by exec, never computes, and holds no thread, so that its forks are safe. Where it
    cannot be had, a trial is made from nothing. Safe in threads; trials take turns.

    Args:
        root: the project's folder.
        timeout: seconds that one step of a trial may take.
    """

    def __init__(self, root: str | Path, *, timeout: float = TIMEOUT) -> None:
        self._root = str(root)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def __enter__(self) -> Trials:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Start the process, so that it is there when the first trial is."""
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the process, and a trial that is under way."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def try_version(self, model: str, number: int) -> Trial:
        """Try a version aside; see `trial.try_version`."""
        begun = monotonic()
        with self._lock:
            answer = None if self._closed else self._ask(model, number)
        if self._closed and answer is None:
            answer = READ, "Trials are over: whoever asked for them has closed them."
        if answer is None:
            return try_version(self._root, model, number, timeout=self._timeout)
        return Trial(model, number, *answer, monotonic() - begun)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                _end(self._process)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workbench.serving.model"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ALONE},
                start_new_session=True,
            )
        return self._process

    def _ask(self, model: str, number: int) -> tuple[str, str] | None:
        """Return the last step and its sentence, None when the process does not answer."""
        process = self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        asked = json.dumps([self._root, model, number, self._timeout]).encode() + b"\n"
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            longest = _STARTED + 4 * (self._timeout + _SPARE)
            ready = select.select([process.stdout], [], [], longest)[0]
            line = process.stdout.readline() if ready else b""
        except OSError:
            line = b""
        if not line:
            _end(process)
            return None
        step, why = json.loads(line)
        return step, why


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def main() -> None:
    """Answer each line of standard input with the result of a trial, until it ends."""
    line = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    for module in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    for asked in sys.stdin:
        root, model, number, timeout = json.loads(asked)
        answer = _fork(root, model, number, timeout)
        os.write(line, json.dumps(answer).encode() + b"\n")


def _fork(root: str, model: str, number: int, timeout: float) -> tuple[str, str]:
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        return READ, f"No process could be made for the trial: {error.strerror}."
    if child == 0:
        os.close(reading)
        os.setsid()
        attempt(root, model, number, saying(writing))
        os._exit(0)
    os.close(writing)
    try:
        return watch(reading, lambda: _reap(child), timeout)
    finally:
        os.close(reading)


def _reap(child: int) -> int:
    """End a child and whatever it started, unless it has just ended by itself; return its exit status."""
    until = monotonic() + 0.2
    while monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
