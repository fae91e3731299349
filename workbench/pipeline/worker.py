"""An attempt's life on a cluster's worker: it is performed, it beats, and it looks for the stop flag."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Stop, perform


def stop_file(spec: AttemptSpec) -> Path:
    """Return the file whose appearance asks the attempt to end, wherever it runs."""
    return Path(spec.ticket.folder) / "stop"


def perform_there(spec: AttemptSpec, topic: str) -> AttemptResult:
    """Perform an attempt on a worker, beating on a topic of the cluster until it has ended."""
    from distributed import get_worker

    worker = get_worker()
    stop, ended = Stop(), threading.Event()

    def say(message: dict[str, Any]) -> None:
        with contextlib.suppress(Exception):  # a cut line is noticed by the silence at its other end
            worker.log_event(topic, {"worker": worker.address, **message})

    def beat() -> None:
        flag = stop_file(spec)
        while True:
            say({})
            if flag.exists():
                stop.request(flag.read_text(encoding="utf-8"))
            if ended.wait(min(spec.heartbeat / 4, 1.0)):
                return

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        return perform(spec, _Teller(say), stop)
    finally:
        ended.set()


class _Teller:
    """Tells the runner of cells."""

    def __init__(self, say: Any) -> None:
        self._say = say

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Pass the call on."""
        self._say({"cell": [entry, number, cells, first_line]})
