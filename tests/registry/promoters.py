"""Processes that promote at once, for tests: `python -m tests.registry.promoters ROOT PROCESSES COUNT`.

It imports everything, forks, and waits for a line. Then each process makes versions of the model champion
until COUNT of its wishes moved the alias, and prints how often it lost to another.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

import mlflow.store.model_registry.sqlalchemy_store
import mlflow.store.tracking.sqlalchemy_store  # noqa: F401 - imported once, before the forks
from mlflow.tracking import MlflowClient  # noqa: F401 - likewise

from workbench.clock import SystemClock
from workbench.errors import RejectedError
from workbench.ledger import open_ledger
from workbench.project import Project, load_project
from workbench.registry import Registry


def promote(project: Project, number: int, count: int) -> dict[str, object]:
    """Promote until COUNT wishes moved the alias; every wish is for another than the present champion."""
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    registry = Registry(project, ledger)
    pick, refused, lost, same, warnings = random.Random(number), 0, 0, 0, []
    moved = 0
    while moved < count:
        state = registry.model("delay")
        version = pick.choice([n for n in state.versions if n != state.champion])
        try:
            decided = registry.promote("delay", version, actor=f"promoter-{number}")
        except RejectedError:  # somebody else's champion came between, and the evidence is of another
            refused += 1
            continue
        lost += decided.lost
        moved += decided.moved
        same += not decided.moved
        warnings += [decided.warning] if decided.warning else []
    ledger.close()
    return {"moved": moved, "lost": lost, "refused": refused, "same": same, "warnings": warnings}


def main(root: str, processes: int, count: int) -> None:
    """Fork, wait for a line, let all go at once."""
    project = load_project(Path(root))
    reading, writing = os.pipe()
    children = []
    for number in range(processes):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)  # until the parent closes its end
            told = promote(project, number, count)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            os._exit(0)
        children.append(child)
    sys.stdin.readline()
    os.close(writing)
    sys.exit(max(os.waitpid(child, 0)[1] for child in children))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
