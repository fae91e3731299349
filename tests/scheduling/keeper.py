"""`python keeper.py ROOT BEGAN DAYS` is the scheduler of a project whose days last two seconds.

Its clock begins with 2013 at the wall time BEGAN, in seconds, and stands still after so many days.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench.scheduling.daemon import Daemon

DAY = 2.0
"""Seconds."""
START = datetime(2013, 1, 1, tzinfo=UTC)


class Hurried:
    """A clock on which days pass quickly, the same in every process."""

    def __init__(self, began: float, days: int) -> None:
        self._began = began
        self._most = days * DAY

    def now(self) -> datetime:
        return START + timedelta(days=min(time.time() - self._began, self._most) / DAY)

    def monotonic(self) -> float:
        return time.monotonic()


def main(root: str, began: str, days: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock = Hurried(float(began), int(days))
    every = timedelta(seconds=0.25)
    Daemon(Path(root), every=every, tell=lambda news: print(news, flush=True), clock=clock).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
