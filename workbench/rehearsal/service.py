"""The project's own service, as a process beside the rehearsal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from workbench.errors import WorkbenchError

LOG = "serve.log"
_COMMAND = "import sys; from workbench.cli.main import main; sys.exit(main())"
_PATIENCE = 60.0
_MOVED = "service.changed"


class Service:
    """`workbench serve MODEL` on a free port, in a project's folder. Use it in `with`.

    What it says goes to `.workbench/logs/serve.log`.

    Args:
        root: the project's folder.
        model: what it serves.
        workers: how many processes answer.
    """

    def __init__(self, root: Path, model: str, workers: int) -> None:
        self._root = root
        self._words = ["serve", model, "--port", "0", "--workers", str(workers), "--json"]
        self.log = root / ".workbench" / "logs" / LOG

    def __enter__(self) -> Service:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, *self._words],
                cwd=self._root,
                env=dict(os.environ),
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # a Ctrl-C is the rehearsal's to pass on
            )
        place = urlsplit(self._started()["url"])
        assert place.hostname is not None
        assert place.port is not None
        self.host, self.port = place.hostname, place.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            assert self._process.stdout is not None
            self._process.stdout.close()

    def _started(self) -> dict[str, str]:
        """Return what it tells of itself once it answers: one JSON document."""
        assert self._process.stdout is not None
        lines: list[str] = []
        for line in self._process.stdout:
            lines.append(line.decode())
            if line == b"}\n":
                found: dict[str, str] = json.loads("".join(lines))
                return found
        raise WorkbenchError("The service did not start.", hint=f"It says why in {self.log}, at the end.")
