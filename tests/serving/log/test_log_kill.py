"""Workers and compactors that are killed at random moments: what was answered is logged exactly once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.serving.log.logged import Logged
from workbench.serving.log.segment import listed

ROOT = Path(__file__).parents[3]


class Worker:
    """A process that logs until it is killed.

    Args:
        state: the project's folder of state.
        seed: what its requests are drawn from; its version too.
        durability: of its spool.
        pause: seconds after each request.
    """

    def __init__(self, state: Path, seed: int, durability: str, pause: float = 0.0005) -> None:
        self._told = (state / f"told-{seed}").open("w+b")
        options = [str(state), str(seed), durability, str(pause)]
        command = [sys.executable, "-m", "tests.serving.log.writing", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._told)

    def started(self) -> bool:
        """Whether it has answered something."""
        assert self.process.poll() is None
        return os.fstat(self._told.fileno()).st_size > 0

    def kill(self) -> dict[str, int]:
        """Kill it and return the requests that it answered, with the number of their rows."""
        self.process.kill()
        self.process.wait()
        self._told.seek(0)
        lines = self._told.read().decode().splitlines()
        self._told.close()
        return {request: int(rows) for request, rows in (line.split() for line in lines)}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def compacting(state: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.serving.log.compacting", str(state)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def rows_of(logged: Logged) -> Counter[str]:
    """Return how many rows each request has, having checked that each of them is there once."""
    now = datetime.now(UTC)
    rows = logged.log.window("late", now - timedelta(days=1), now + timedelta(days=1), columns=())
    assert rows["prediction_id"].n_unique() == rows.height
    return Counter(rows["request_id"].to_list())


def check(logged: Logged, answered: list[dict[str, int]]) -> None:
    """Whatever was answered is there; of what was not, each worker has one request at most, and it whole."""
    found = rows_of(logged)
    expected = {request: rows for each in answered for request, rows in each.items()}
    assert {request: found[request] for request in expected} == expected
    assert len(found) - len(expected) <= len(answered)


@pytest.mark.soak
def test_killed_workers_leave_every_answered_row_exactly_once(
    logged: Logged, soak_count: Callable[[int], int]
) -> None:
    """50 workers, killed at random moments, some by power-proof durability; then compacted."""
    chance = random.Random(11)
    answered = []
    for number in range(soak_count(50)):
        worker = Worker(logged.state, number, chance.choice(["os", "os", "fsync"]))
        try:
            until(worker.started)
            time.sleep(chance.uniform(0, 0.4))  # the moment is what is tested
        finally:
            answered.append(worker.kill())
        check(logged, answered)
        if chance.random() < 0.5:
            assert logged.compact().failures == []
    check(logged, answered)
    assert logged.compact().failures == []
    assert listed(logged.place.spool) == []
    assert not logged.place.damaged.exists()
    check(logged, answered)


@pytest.mark.soak
def test_killed_compactors_neither_lose_nor_double_a_row(
    logged: Logged, soak_count: Callable[[int], int]
) -> None:
    """50 compactors, killed at random moments of their work, while two workers go on logging."""
    chance = random.Random(12)
    workers = [Worker(logged.state, number, "os", pause=0.02) for number in range(2)]
    answered = []
    try:
        for worker in workers:
            until(worker.started)
        for _ in range(soak_count(50)):
            process = compacting(logged.state)
            time.sleep(chance.uniform(0, 0.6))  # the moment is what is tested
            process.kill()
            process.communicate()
            rows_of(logged)
    finally:
        answered = [worker.kill() for worker in workers]
    check(logged, answered)
    assert logged.compact().failures == []
    assert listed(logged.place.spool) == []
    check(logged, answered)
