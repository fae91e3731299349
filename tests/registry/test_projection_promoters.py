from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.registry.models import MODEL, RULES, Runs, make_project, mlflow_of
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.registry import Registry
from workbench.registry.shown import as_it_should_be

_PROMOTER = """
import sys
from pathlib import Path
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.project import load_project
from workbench.registry import Registry

project = load_project(Path(sys.argv[1]))
registry = Registry(project, open_ledger(project.layout.ledger_url, SystemClock()))
for turn in range(6):
    registry.promote("delay", 1 + (turn + int(sys.argv[2])) % 3, actor=f"promoter-{sys.argv[2]}")
"""


def _three_versions(root: Path) -> Runs:
    gates = '[models.delay.gates]\nquality = { metric = "auc", at_least = 0.7 }'
    project = make_project(root, gates=gates)
    runs = Runs(project, open_ledger(project.layout.ledger_url, SystemClock()))
    result = {
        "name": "quality",
        "kind": "quality",
        "verdict": "pass",
        "summary": "",
        "rule": RULES["quality"],
        "evidence": {},
        "against": False,
    }
    for name in "abc":
        runs.train(name)
        runs.evaluate(name, [result])
    return runs


def _check_story(runs: Runs) -> None:
    moves = runs.state.moves
    assert [move.before for move in moves] == [None, *(move.after for move in moves[:-1])]
    assert mlflow_of(runs.project).look(MODEL) == as_it_should_be(runs.state)
    assert runs.ledger.verify().ok


def test_promoters_in_two_processes_end_with_mlflow_equal_to_the_ledger(tmp_path: Path) -> None:
    """No update is lost, the history has no gap, and the last word is the ledger's."""
    runs = _three_versions(tmp_path / "shop")
    started = [
        subprocess.Popen([sys.executable, "-c", _PROMOTER, str(tmp_path / "shop"), str(number)])
        for number in range(2)
    ]
    assert [process.wait() for process in started] == [0, 0]
    assert {move.actor for move in runs.state.moves} == {"promoter-0", "promoter-1"}
    _check_story(runs)


def test_promoters_in_threads_end_with_mlflow_equal_to_the_ledger(tmp_path: Path) -> None:
    """Likewise in one process, and twelve wishes that each changed something were twelve moves at most."""
    runs = _three_versions(tmp_path / "shop")
    registry = Registry(runs.project, runs.ledger)
    problems: list[BaseException] = []

    def promoter(number: int) -> Callable[[], None]:
        def work() -> None:
            try:
                for turn in range(4):
                    registry.promote(MODEL, 1 + (turn + number) % 3)
            except BaseException as error:  # noqa: BLE001 - told by the test
                problems.append(error)

        return work

    threads = [threading.Thread(target=promoter(number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert 4 <= len(runs.state.moves) <= 12
    _check_story(runs)
