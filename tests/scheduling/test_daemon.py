"""The scheduler as a service: it follows workbench.toml, and what it started outlives it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from tests.projects import notebook, write_project
from tests.scheduling.shop import NIGHTLY, START, until, write_shop
from workbench.clock import ManualClock
from workbench.pipeline.outcome import Outcome
from workbench.scheduling import Scheduler, Started
from workbench.scheduling.crew import Crew, Ended
from workbench.scheduling.daemon import Daemon
from workbench.workspace import open_workspace

SOON = '[triggers.soon]\non = "time"\nevery = "1s"\ncooldown = "1h"\npipeline = "main"\n'
WAITING = """
import pathlib, time
while not pathlib.Path({path!r}).exists():
    time.sleep(0.02)
"""
RUN = (
    "import sys; from workbench.cli.main import main; sys.exit(main(['schedule', 'run', '--every', '100ms']))"
)


def test_what_was_started_outlives_its_scheduler(tmp_path: Path) -> None:
    """Stopped in the middle of a run, it ends at once; the run goes on, and the next tick records its end."""
    root = tmp_path / "shop"
    code = WAITING.format(path=str(root / "go"))
    content = notebook("import workbench as wb\nstage = wb.stage('wait')", code)
    write_project(root, {"wait": {"notebook": content}}, extra=SOON)
    keeper = subprocess.Popen([sys.executable, "-c", RUN], cwd=root, stdout=subprocess.DEVNULL)
    with open_workspace(root) as workspace:
        until(lambda: workspace.ledger.find(kinds=("attempt.started",)))
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(30) == 0
        assert workspace.show("last").outcome is None
        (root / "go").touch()
        until(lambda: workspace.show("last").outcome)
        assert workspace.show("last").outcome is Outcome.SUCCEEDED
        until(lambda: not _processes(root))
        assert Scheduler(workspace).tick() == []
        (ended,) = workspace.ledger.find(kinds=("trigger.ended",))
        assert ended.data["outcome"] == "succeeded"


def test_a_broken_file_is_told_once_and_the_mended_one_followed(tmp_path: Path) -> None:
    """Meanwhile it goes by what it knew."""
    root = write_shop(tmp_path / "shop", NIGHTLY)
    path = root / "workbench.toml"
    good = path.read_text(encoding="utf-8")
    clock = ManualClock(START)
    with _going(root, clock) as told, open_workspace(root, clock=clock) as workspace:
        until(lambda: workspace.ledger.version("schedule/nightly"))
        path.write_text(good.replace("0 3 *", "0 33 *"), encoding="utf-8")
        until(lambda: told)
        clock.advance(timedelta(hours=3))
        until(lambda: [each for each in told if isinstance(each, Started)])
        path.write_text(good.replace("0 3 *", "0 4 *"), encoding="utf-8")
        until(lambda: len(workspace.ledger.find(kinds=("schedule.declared",))) == 2)
        clock.advance(timedelta(hours=1))
        until(lambda: len([each for each in told if isinstance(each, Ended)]) == 2)
        assert {run.because[-9:] for run in workspace.runs()} == {"03:00 UTC", "04:00 UTC"}
    troubles = [each for each in told if isinstance(each, str)]
    assert len(troubles) == 1
    assert "cron hour from 0 to 23" in troubles[0]


def test_a_process_that_dies_without_a_word_is_told_and_waited_with(tmp_path: Path) -> None:
    """Its claim stays, and is not started again at once, in a circle."""
    root = write_shop(tmp_path / "shop", NIGHTLY)
    clock = ManualClock(START)
    with open_workspace(root, clock=clock) as workspace:
        crew = Crew(workspace.leases)
        scheduler = Scheduler(workspace, start=lambda claim: crew.start(workspace.project, claim))
        scheduler.tick()
        clock.advance(timedelta(hours=3))
        (started,) = scheduler.tick()
        (process,) = _processes(root)
        process.kill()
        ended = until(crew.settle)
        assert (ended[0].claim, ended[0].code) == (started.claim, -9)
        assert scheduler.tick() == []
        other, third = Crew(workspace.leases), Crew(workspace.leases)
        (again,) = Scheduler(workspace, start=lambda claim: other.start(workspace.project, claim)).tick()
        assert again.claim == started.claim
        assert Scheduler(workspace, start=lambda claim: third.start(workspace.project, claim)).tick() == []
        until(lambda: workspace.ledger.find(kinds=("schedule.ended",)))
        assert [ended.code for ended in until(other.settle)] == [0]
        assert len(workspace.runs()) == 1


@contextmanager
def _going(root: Path, clock: ManualClock) -> Iterator[list[Any]]:
    """Run a daemon in a thread, and yield what it tells."""
    told: list[Any] = []
    stop = threading.Event()
    daemon = Daemon(root, every=timedelta(milliseconds=50), tell=told.append, clock=clock)
    thread = threading.Thread(target=daemon.run, args=(stop,))
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def _processes(root: Path) -> list[psutil.Process]:
    """Return the processes that do claims of a project."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        if "workbench.scheduling" in words and process.info["cwd"] == str(root.resolve()):
            found.append(process)
    return found
