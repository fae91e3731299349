"""A process that works aside: what is slow to import is imported there, and mostly was already.

It is forked from the fork server where that is possible, and executed afresh otherwise. Calls are
answered side by side; when this process dies, what it asked for is still done.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any

from workbench.errors import WorkbenchError
from workbench.kernels.refusal import Refusal
from workbench.kernels.settings import KernelSettings

ANSWERING = "workbench.kernels.answering"


class Aside:
    """Calls functions in a process of its own, which is started when the first is called; safe in threads.

    Args:
        settings: those of the fork server; None: a process executed afresh.
    """

    def __init__(self, settings: Callable[[], KernelSettings | None] = lambda: None) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._line: Connection | None = None
        self._reader: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, Future[Any]] = {}
        self._numbers = itertools.count()

    def begin(self) -> None:
        """Start the process, so that it is there when it is called."""
        with self._lock:
            if self._line is None:
                self._start()

    def call(self, place: str, *arguments: Any) -> Any:
        """Return what the function at `module:name` returns there.

        Args:
            place: the function.
            arguments: what pickles.

        Raises:
            WorkbenchError: what the function raised, or that the process has ended before it could answer.
        """
        self.begin()
        future: Future[Any] = Future()
        number = next(self._numbers)
        line = self._line
        assert line is not None
        with self._lock:
            self._waiting[number] = future
        try:
            with self._sending:
                line.send((number, place, arguments))
        except OSError:
            self._lost()
        return future.result()

    def close(self) -> None:
        """Let the process end once it has done what it was asked."""
        with self._lock:
            line, self._line = self._line, None
        if line is None:
            return
        with socket.socket(fileno=os.dup(line.fileno())) as connected:
            connected.shutdown(socket.SHUT_WR)
        if self._reader:
            self._reader.join()
        line.close()
        if self._process:
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            settings = self._settings()
            if settings is None or not _forked(theirs, settings):
                self._process = subprocess.Popen(
                    [sys.executable, "-m", ANSWERING], stdin=theirs.fileno(), start_new_session=True
                )
        self._line = Connection(ours.detach())
        self._reader = threading.Thread(target=self._read, args=(self._line,), daemon=True, name="aside")
        self._reader.start()

    def _read(self, line: Connection) -> None:
        while True:
            try:
                number, well, value = line.recv()
            except (EOFError, OSError):
                self._lost()
                return
            with self._lock:
                future = self._waiting.pop(number)
            if well:
                future.set_result(value)
            else:
                future.set_exception(value)

    def _lost(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            future.set_exception(WorkbenchError("The process that works aside has ended before its answer."))


def _forked(connected: socket.socket, settings: KernelSettings) -> bool:
    from workbench.kernels.warm import fork_aside

    try:
        fork_aside(connected, settings)
    except Refusal:
        return False
    return True
