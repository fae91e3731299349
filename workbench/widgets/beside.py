"""Work that goes on beside the kernel's own, and is brought to an end before the kernel ends."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

_PATIENCE = 20.0  # seconds that the end of the process waits for work that cannot be broken off
_NUDGE = 0.1  # seconds between two wishes that it end


def beside(work: Callable[[], None], name: str, *, give_up: Callable[[], None] = lambda: None) -> None:
    """Do something in a thread.

    A thread that is inside a library when Python ends takes the whole process down with an abort, so that
    end waits for it.

    Args:
        work: what is done; it raises nothing.
        name: of the thread, for whoever looks at them.
        give_up: lets the work end soon; called at the end of the process, over and over until it has ended.
    """

    def run() -> None:
        try:
            work()
        finally:
            with _lock:
                _going.pop(thread, None)

    thread = threading.Thread(target=run, name=name, daemon=True)
    with _lock:
        _going[thread] = give_up
    thread.start()


def _end() -> None:
    until = time.monotonic() + _PATIENCE
    with _lock:
        going = dict(_going)
    for thread, give_up in going.items():
        while thread.is_alive() and time.monotonic() < until:
            give_up()
            thread.join(_NUDGE)


_lock = threading.Lock()
_going: dict[threading.Thread, Callable[[], None]] = {}
atexit.register(_end)
