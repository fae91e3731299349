"""Schedulers that are killed around a due time, two at once: each due run starts exactly once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.scheduling.keeper import DAY, START
from tests.scheduling.shop import counted, write_shop
from workbench.clock import ManualClock
from workbench.scheduling import Scheduler
from workbench.workspace import Workspace, open_workspace

DAILY = """
[schedules.daily]
cron = "0 0 * * *"
pipeline = "main"
parameters = { count.day = "{due}" }
catch_up = "all"
"""
KEEPER = Path(__file__).with_name("keeper.py")
_PATIENCE = 20
"""Seconds for each run, on a machine that does much else."""


@pytest.mark.soak
def test_killed_schedulers_start_each_due_run_once(tmp_path: Path, soak_count: Callable[[int], int]) -> None:
    """One claim, one run, one execution of the notebook for each due time, whoever died when."""
    count = soak_count(50)
    root = write_shop(tmp_path / "shop", DAILY)
    with open_workspace(root, clock=ManualClock(START)) as workspace:
        Scheduler(workspace, start=lambda _: False).tick()  # from now on it is due
    moments = random.Random(2013)
    began = time.time() + 2.0
    keepers = [_start(root, began, count) for _ in range(2)]
    killed = 0
    try:
        for day in range(1, count + 1):
            for victim in moments.choice(([0], [1], [0, 1])):
                _sleep_until(began + day * DAY + moments.uniform(-0.5, 1.0))
                keepers[victim].kill()
                keepers[victim].wait()
                killed += 1
                keepers[victim] = _start(root, began, count)
        with open_workspace(root) as workspace:
            _wait(workspace, count)
            _check(workspace, count)
    finally:
        for keeper in keepers:
            keeper.terminate()
            keeper.wait()
    print(f"\n{count} due times, two schedulers killed {killed} times around them: each run started once")


def _check(workspace: Workspace, count: int) -> None:
    claims = workspace.ledger.find(kinds=("schedule.claimed",))
    dues = [(START + timedelta(days=day)).isoformat() for day in range(count + 1)]
    assert sorted(event.key for event in claims) == dues
    started = Counter(event.data["run"] for event in workspace.ledger.find(kinds=("run.started",)))
    assert started == dict.fromkeys((event.data["run"] for event in claims), 1)
    ended = workspace.ledger.find(kinds=("schedule.ended",))
    assert [event.data["outcome"] for event in ended] == ["succeeded"] * (count + 1)
    lines = sorted(counted(workspace.project.root))
    assert lines == [f"{due[:10]} first" for due in dues]
    assert workspace.ledger.verify().ok


def _wait(workspace: Workspace, count: int) -> None:
    limit = time.monotonic() + _PATIENCE * count
    while len(workspace.ledger.find(kinds=("schedule.ended",))) <= count:
        assert time.monotonic() < limit, workspace.ledger.find(stream_prefix="schedule/")
        time.sleep(0.2)


def _start(root: Path, began: float, days: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(KEEPER), str(root), str(began), str(days)]
    with (root / "keepers.log").open("ab") as log:
        return subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))
