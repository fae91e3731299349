"""Ctrl-C and SIGTERM while a run goes on: the first stops it, further ones change nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Turns the first signal into KeyboardInterrupt, and then lets the run's end be written in peace.

    Whoever presses Ctrl-C again while the kernels are being ended would otherwise leave a run without an
    end in the ledger. Only a process's main thread may handle signals: elsewhere this does nothing.
    """

    def __init__(self) -> None:
        self._ignoring = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            heard = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._handle) for number in heard}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def ignore(self) -> None:
        """Take no notice of signals from here on."""
        self._ignoring = True

    def _handle(self, *_: object) -> None:
        if not self._ignoring:
            self._ignoring = True
            raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let what is done in it be done whole: a signal that comes meanwhile takes effect afterwards.

    An event that is in the ledger, and of which the run's own books do not know, would look like another
    runner's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        for number, handler in before.items():
            if handler != signal.SIG_IGN:
                signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for late in came[:1]:
        signal.raise_signal(late)
