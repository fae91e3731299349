"""Brings MLflow to the ledger in a process of its own: whoever decided need not wait for it.

Opening MLflow's store takes seconds, and a decision is made when the ledger has it. Should this process
die or be refused, `workbench models` tells that MLflow lags; the next run or decision brings it level,
or at once `workbench models --repair`.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.project import Project

LOG = "projection.log"


def project_later(project: Project) -> int:
    """Start the process that projects, in a session of its own; return its id."""
    folder = project.layout.state / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    code = "import sys; from workbench.registry.later import main; sys.exit(main(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(project.root)]
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(folder / LOG), append, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=files, setsid=True)


def bring(root: str) -> None:
    """Bring MLflow to what the ledger of the project in a folder says.

    Raises:
        TrackingError: the store refused.
    """
    from workbench.clock import system_clock
    from workbench.ledger import open_ledger
    from workbench.project import load_project
    from workbench.registry.projection import Projection

    project = load_project(Path(root))
    ledger = open_ledger(project.layout.ledger_url, system_clock())
    try:
        Projection.of(project, ledger).project()
    finally:
        ledger.close()


def main(root: str) -> int:
    """Project, and say in the log what was refused."""
    try:
        bring(root)
    except WorkbenchError as error:
        sys.stderr.write(f"{datetime.now().astimezone().isoformat()} {error}\n")
        return 1
    return 0
