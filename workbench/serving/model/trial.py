"""A version is tried in a process of its own: whatever it does there, it does to nobody else."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from workbench.serving.model.steps import GOLDEN, LOAD, READ, READY, VERIFY

TIMEOUT = 60.0
_DOES = {
    READ: "reading the project and the ledger",
    VERIFY: "comparing its files with their digests",
    LOAD: "loading it",
    GOLDEN: "answering its own example",
}


@dataclass(frozen=True)
class Trial:
    """How a trial went.

    Attributes:
        model: the model's name.
        version: its number.
        step: `ready`, or the step that failed: `read` (of the project and the ledger, which says nothing
            of the version), `verify`, `load` or `golden`.
        sentence: what went wrong; empty when nothing did.
        seconds: how long it took.
    """

    model: str
    version: int
    step: str
    sentence: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the version may serve."""
        return self.step == READY


def try_version(root: str | Path, model: str, number: int, *, timeout: float = TIMEOUT) -> Trial:
    """Try a version aside: its digests, its loading, its answers to the rows that it was saved with.

    A crash, a hang, damaged files and wrong answers are failed steps, never errors.

    Args:
        root: the project's folder.
        model: the model's name.
        number: the version's.
        timeout: seconds that one step may take.
    """
    command = [sys.executable, "-m", "workbench.serving.model", str(root), model, str(number)]
    begun = monotonic()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as pipe:
        step, why = watch(pipe.fileno(), lambda: _end(process), timeout)
    return Trial(model, number, step, why, monotonic() - begun)


def watch(pipe: int, end: Callable[[], int], timeout: float) -> tuple[str, str]:
    """Follow a trial's steps; return the last one, with a sentence unless it is `ready`.

    Args:
        pipe: where the process tells its steps.
        end: ends the process, and returns its exit status: negative for a signal.
        timeout: seconds that one step may take.
    """
    step, left = READ, b""
    while True:
        if not select.select([pipe], [], [], timeout)[0]:
            end()
            return step, f"It was still {_DOES[step]} after {timeout:g} seconds, and was ended."
        received = os.read(pipe, 65536)
        if not received:
            return step, f"The process that was {_DOES[step]} {_ended(end())}."
        *lines, left = (left + received).split(b"\n")
        for line in lines:
            step, why = json.loads(line)
            if why or step == READY:
                end()
                return step, why


def _end(process: subprocess.Popen[bytes]) -> int:
    """End a trial and whatever it started."""
    try:
        return process.wait(0.2)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def _ended(status: int) -> str:
    if status < 0:
        return f"was killed by signal {-status} ({signal.strsignal(-status)})"
    return f"ended with status {status} before it was done"
