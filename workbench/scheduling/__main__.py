"""`python -m workbench.scheduling ORIGIN NAME RUN` does what was claimed, in the project of this folder."""

from __future__ import annotations

import sys

from workbench.errors import WorkbenchError
from workbench.scheduling.history import Histories
from workbench.scheduling.perform import perform
from workbench.workspace import open_workspace


def main(origin: str, name: str, run: str) -> int:
    """Do one claim, and return the exit code: how it ended is in the ledger, unless that cannot be read."""
    try:
        with open_workspace() as workspace:
            history = Histories(workspace.ledger).of("trigger" if origin == "trigger" else "schedule", name)
            done = perform(workspace, history.claims[run])
    except WorkbenchError as error:
        print(error, flush=True)  # noqa: T201 - into the log that the scheduler names
        return error.exit_code
    print(f"{run}: {done.outcome} {done.reason}" if done else f"{run}: others see to it", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
