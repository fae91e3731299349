"""A warm kernel seen from outside: asked for, polled and signalled like a child process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.kernels.line import Closed, Line
from workbench.kernels.order import Order, inherited
from workbench.kernels.process import runs, started_at
from workbench.kernels.recipe import recipe_for
from workbench.kernels.refusal import Refusal
from workbench.kernels.room import marks_fit
from workbench.kernels.settings import KernelSettings
from workbench.kernels.start import reach

UNKNOWN = 255  # the exit code told of a kernel whose server is gone: nobody else can know it
_ANSWER = 30.0  # seconds for a forked kernel to open its sockets


class WarmProcess:
    """A forked kernel, with as much of `subprocess.Popen` as jupyter_client uses.

    Attributes:
        returncode: its exit code, or minus the signal that ended it; None while it runs.
        known: False when it ended after its server, so that its exit code is unknown.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, began: int, line: Line) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.known = True
        self._began = began
        self._line: Line | None = line

    def poll(self) -> int | None:
        """Return the exit code, None while the kernel runs."""
        if self.returncode is None and self._line:
            try:
                self._hear(self._line.receive(0))
            except TimeoutError:
                return None
            except Closed:
                self._hang_up()
        if self.returncode is None and not runs(self.pid, self._began):
            self.returncode, self.known = UNKNOWN, False
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code.

        Raises:
            TimeoutError: it still runs.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise TimeoutError(f"process {self.pid} still runs after {timeout:g} s")
            time.sleep(0.005)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def let_go(self) -> None:
        """Follow it no more; it runs on."""
        self._hang_up()

    def _hear(self, message: Mapping[str, Any]) -> None:
        if "exit" in message:
            self.returncode = int(message["exit"])
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


def fork_kernel(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    *,
    settings: KernelSettings,
    patience: float,
    streams: tuple[Any, Any] = (None, None),
    tied: bool = True,
    again: bool = False,
) -> WarmProcess:
    """Fork the kernel that a command line would start, and return when its sockets are there.

    Args:
        command: what a cold kernel would be started with.
        environment: the kernel's whole environment.
        folder: its working directory.
        settings: those of the project around it.
        patience: seconds to wait for a server that is busy with its imports.
        streams: stdout and stderr as for `subprocess.Popen`.
        tied: whether the kernel is to end with this process.
        again: whether it takes the place of another, whose clients are about to connect anew.

    Raises:
        Refusal: the kernel must be a cold one.
    """
    order = Order(
        arguments=_arguments(command),
        command=tuple(command),
        environment=dict(environment),
        folder=folder,
        watch=settings.watch,
        tied=tied,
        again=again,
        **inherited(),
    )
    if not Path(folder).is_dir():
        raise Refusal(f"its folder {folder} does not exist")
    if not marks_fit(environment):
        raise Refusal("the variables WORKBENCH_… of its environment are too long")
    recipe = recipe_for(environment, settings)
    files = _files(streams)
    try:
        try:
            return _ask(reach(recipe, patience), order, files)
        except _Renewed:
            return _ask(reach(recipe, patience), order, files)
    except _Renewed as error:
        raise Refusal(f"the fork server is being renewed: {error}", passing=True) from error
    finally:
        for file in files:
            os.close(file)


def fork_aside(connected: socket.socket, settings: KernelSettings) -> None:
    """Fork a process that answers at the other end of a socket; it is nobody's child and ends by itself.

    Raises:
        Refusal: it must be executed afresh.
    """
    order = Order(
        arguments=(),
        command=tuple(sys.orig_argv),
        environment=dict(os.environ),
        folder=str(Path.cwd()),
        watch=settings.watch,
        tied=False,
        module="workbench.kernels.answering",
        **inherited(),
    )
    files = [os.dup(connected.fileno()), _file(1), _file(2)]
    try:
        _ask(reach(recipe_for(os.environ, settings), 0.5), order, files).let_go()
    except _Renewed as error:
        raise Refusal(f"the fork server is being renewed: {error}", passing=True) from error
    finally:
        for file in files:
            os.close(file)


class _Renewed(Exception):
    pass


def _ask(line: Line, order: Order, files: list[int]) -> WarmProcess:
    pid = began = 0
    bound = False
    try:
        line.send({"ask": "kernel", **order.to_message()}, files)
        while not (pid and bound):
            said = line.receive(_ANSWER)
            if "refused" in said:
                raise Refusal(said["refused"])
            if "renew" in said:
                raise _Renewed(said["renew"])
            if "exit" in said:
                raise Refusal(
                    f"the forked kernel ended before it could listen, with exit code {said['exit']}"
                )
            bound = bound or "bound" in said
            pid, began = said.get("forked", pid), said.get("began", began)
    except (Closed, TimeoutError) as error:
        if pid and runs(pid, began):
            os.kill(pid, signal.SIGKILL)
        line.close()
        raise Refusal("the fork server went away while the kernel was forked") from error
    except BaseException:
        line.close()
        raise
    return WarmProcess(pid, began or started_at(pid), line)


def _arguments(command: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments of `ipykernel_launcher` in a command; Refusal when it is another command."""
    if tuple(command[1:3]) != ("-m", "ipykernel_launcher") or not _same(command[0], sys.executable):
        shown = " ".join(command[:3])
        raise Refusal(f"its command is '{shown} …', not '{sys.executable} -m ipykernel_launcher …'")
    return tuple(command[3:])


def _same(path: str, other: str) -> bool:
    return Path(path).absolute() == Path(other).absolute()  # not resolved: a venv's python is a link


def _files(streams: tuple[Any, Any]) -> list[int]:
    """Return descriptors for a kernel's stdin, stdout and stderr, to be closed by the caller."""
    reading, writing = os.pipe()
    os.close(writing)  # as jupyter_client does: whoever reads from stdin meets its end at once
    files = [reading]
    try:
        for number, stream in enumerate(streams, start=1):
            files.append(_file(number if stream is None else stream))
    except Refusal:
        for file in files:
            os.close(file)
        raise
    return files


def _file(stream: Any) -> int:
    number = stream if isinstance(stream, int) else stream.fileno()
    if number == -3:  # subprocess.DEVNULL
        return os.open(os.devnull, os.O_WRONLY)
    if number < 0:
        raise Refusal("its output is to go into a pipe of this process")
    try:
        return os.dup(number)
    except OSError:  # this process has no such stream itself
        return os.open(os.devnull, os.O_WRONLY)
