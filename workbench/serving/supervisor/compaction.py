"""The process that compacts the log: `python -m workbench.serving.supervisor.compaction ROOT SECONDS`.

It stands apart from the workers and from what watches over them, gives way to both, and ends with its
supervisor.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.serving.lines import say
from workbench.serving.log.place import LogPlace
from workbench.serving.log.segment import backlog
from workbench.serving.metrics.names import COMPACTED, LOG_LAG, LOG_WAITING

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.serving.metrics.cells import Cells

_LOOK = 1.0
_PAUSE = 5.0
_NICE = 10


class Compaction:
    """Keeps the compacting process alive, and shows what waits for it.

    Args:
        project: whose log it is.
        cells: where it is shown.
    """

    def __init__(self, project: Project, cells: Cells) -> None:
        self._root = project.root
        self._place = LogPlace(project.layout.state)
        self._every = project.config.serving.compact_every.total_seconds()
        self._cells = cells
        self._process: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep())

    def stop(self) -> None:
        """End; what was not compacted waits for the next service."""
        if self._task is not None:
            self._task.cancel()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    async def _keep(self) -> None:
        while True:
            if self._process is None or self._process.poll() is not None:
                if self._process is not None:
                    say("compaction.ended", "warning", code=self._process.returncode)
                    self._cells.add(COMPACTED.name, {"outcome": "died"})
                    await asyncio.sleep(_PAUSE)
                self._process = self._begin()
            with suppress(OSError):
                waiting = await asyncio.to_thread(backlog, self._place.spool)
                self._cells.put(LOG_LAG.name, {}, waiting.age)
                self._cells.put(LOG_WAITING.name, {}, waiting.size)
            await asyncio.sleep(_LOOK)

    def _begin(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", __name__, str(self._root), f"{self._every:g}", str(os.getpid())]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)


def main(root: str, every: float, parent: int) -> int:
    """Compact again and again, until the supervisor is gone."""
    from workbench.clock import system_clock
    from workbench.ledger import open_leases
    from workbench.project import load_project
    from workbench.serving.log.compactor import Compactor

    os.nice(_NICE)
    layout = load_project(Path(root)).layout
    compactor = None
    while os.getppid() == parent:
        try:
            if compactor is None:
                leases = open_leases(layout.ledger_url, system_clock())
                compactor = Compactor(LogPlace(layout.state), leases, f"serve/{parent}")
            done = compactor.run_once()
            for failure in done.failures:
                say("compaction.failed", "error", why=failure)
            if done.segments:
                say("log.compacted", segments=done.segments, rows=done.rows, labels=done.labels)
        except WorkbenchError as error:
            say("compaction.failed", "error", why=error.message)
        _pause(every, parent)
    return 0


def _pause(seconds: float, parent: int) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and os.getppid() == parent:
        time.sleep(min(0.5, max(0.0, until - time.monotonic())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
