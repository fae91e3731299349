"""Many processes on one ledger, and processes that die in the middle of it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from workbench.clock import ManualClock
from workbench.ledger import Event, open_ledger

ROOT = Path(__file__).parents[2]
FOREVER = 1_000_000


@contextmanager
def writer(url: str, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """Start a writer, which waits for a line before it writes."""
    command = [sys.executable, "-m", "tests.ledger.writer", url, name, str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def hammer(url: str, processes: int, count: int, clock: ManualClock) -> list[Event]:
    """Let processes append at the same time; return the ledger, having checked what must always hold."""
    open_ledger(url, clock).close()
    with ExitStack() as running:
        writers = [running.enter_context(writer(url, f"own/{n}", count)) for n in range(processes)]
        for each in writers:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in writers:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        told = [each.communicate()[0].split() for each in writers]
        assert [each.returncode for each in writers] == [0] * processes
    acknowledged = sorted(int(position) for positions in told for position in positions)
    ledger = open_ledger(url, clock)
    events = ledger.find()
    assert ledger.verify().ok
    ledger.close()
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert acknowledged == [event.position for event in events if event.kind == "own"]
    assert len(acknowledged) == processes * count
    return events


def test_processes_that_append_at_once_lose_nothing(url: str, clock: ManualClock) -> None:
    """6 processes append 30 events each: none is lost or doubled, and the chain is whole."""
    events = hammer(url, 6, 30, clock)
    assert sum(event.kind == "shared" for event in events) == 6 * 6


@pytest.mark.soak
def test_many_processes_that_append_at_once_lose_nothing(
    url: str, clock: ManualClock, soak_count: Callable[[int], int]
) -> None:
    """20 processes append 50 events each."""
    processes = soak_count(20)
    events = hammer(url, processes, 50, clock)
    print(f"{processes} processes × 50 appends: {len(events)} events, chain whole")


@pytest.mark.soak
def test_a_writer_killed_at_any_moment_loses_nothing_acknowledged(
    tmp_path: Path, clock: ManualClock, soak_count: Callable[[int], int]
) -> None:
    """After SIGKILL the ledger opens, holds every event that was acknowledged, and verifies."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    rounds = soak_count(50)
    pick = random.Random(1)
    acknowledged: list[int] = []
    for number in range(rounds):
        with writer(url, f"own/{number}", FOREVER) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            process.stdout.readline()
            acknowledged += [int(process.stdout.readline()) for _ in range(pick.randrange(1, 40))]
            process.kill()
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        ledger = open_ledger(url, clock)
        assert ledger.verify().ok
        assert {event.position for event in ledger.find(kinds=("own",))}.issuperset(acknowledged)
        ledger.close()
    print(f"{rounds} writers killed: {len(acknowledged)} acknowledged events, none lost")


FORKING = """
import os, sys
from workbench.clock import SystemClock
from workbench.ledger import Append, NewEvent, open_ledger

ledger = open_ledger(sys.argv[1], SystemClock())
ledger.append(Append("s", 0, (NewEvent("before", {}),)))
child = os.fork()
if child == 0:
    ledger.append(Append("s", 1, (NewEvent("child", {}),)))
    ledger.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
ledger.append(Append("s", 2, (NewEvent("parent", {}),)))
assert ledger.verify().ok
print(*(event.kind for event in ledger.read("s")))
ledger.close()
"""


def test_a_fork_gets_a_connection_of_its_own(url: str) -> None:
    """A child that was forked while the ledger was open uses it without hurting its parent."""
    command = [sys.executable, "-W", "error", "-c", FORKING, url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("before child parent\n", "", 0)
