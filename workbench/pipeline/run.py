"""Runs a pipeline, and takes up again what broke."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from workbench.errors import BusyError, WorkbenchError
from workbench.pipeline.backing import Backing
from workbench.pipeline.commit import Committer
from workbench.pipeline.commits import Commits
from workbench.pipeline.drive import Drive
from workbench.pipeline.entry import RunRequest
from workbench.pipeline.executor import Executor
from workbench.pipeline.expectation import expect
from workbench.pipeline.git import git_state
from workbench.pipeline.heart import Heart
from workbench.pipeline.history import RunState, fold
from workbench.pipeline.interruption import Interruption
from workbench.pipeline.launch import Launch
from workbench.pipeline.log import RunLog
from workbench.pipeline.lost import bury, record_lost
from workbench.pipeline.mended import mended
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.pin import unpin_all
from workbench.pipeline.plan import Planner
from workbench.pipeline.reaper import release, start_reaper
from workbench.pipeline.reporter import Reporter
from workbench.pipeline.run_id import new_run
from workbench.pipeline.ticket import VARIABLE


class Runner:
    """Runs requests on an executor, one run of a pipeline at a time."""

    def __init__(self, backing: Backing, executor: Executor, reporter: Reporter) -> None:
        self._backing = backing
        self._executor = executor
        self._reporter = reporter

    def start(self, request: RunRequest, run: str | None = None) -> RunState:
        """Run a request to its end.

        Args:
            request: what is asked for.
            run: its id, where that was decided before; a new one otherwise.

        Raises:
            BusyError: another run of this pipeline is alive.
            ConflictError: a run of this id has begun already.
        """
        backing = self._backing
        run = run or new_run(backing.clock.now())
        with self._lease(request.pipeline, run) as heart:
            bury(backing, request.pipeline, self._reporter)
            log = RunLog(backing.ledger, run, 0)
            data = {
                "pipeline": request.pipeline,
                "reason": request.reason,
                "request": dict(request.words),
                "entries": [entry.to_dict() for entry in request.entries],
                "git": git_state(backing.project.root),
                **self._where(),
            }
            log.add("run.started", data, subject=request.pipeline)
            return self._drive(request, run, log, heart)

    def resume(self, request: RunRequest, run: str, *, redo: bool = False) -> RunState:
        """Go on with a run that failed or whose runner vanished; what it committed is kept.

        Args:
            request: what was asked for, made anew from the notebooks and modules as they are now.
            run: its id.
            redo: whether stages that succeeded are made anew when their code has changed since.

        Raises:
            BusyError: the run is still alive, or another run of its pipeline is.
        """
        backing = self._backing
        with self._lease(request.pipeline, run) as heart:
            bury(backing, request.pipeline, self._reporter)
            state = fold(run, backing.ledger.read(f"run/{run}"))
            if state.outcome is None:
                record_lost(backing.ledger, state)
                state = fold(run, backing.ledger.read(f"run/{run}"))
            log = RunLog(backing.ledger, run, state.version)
            found = mended(backing.ledger, backing.project.layout, state, request, redo=redo)
            entries = [entry.to_dict() for entry in request.entries]
            log.add(
                "run.resumed",
                {"entries": entries, **found.to_dict(), **self._where()},
                subject=request.pipeline,
            )
            self._project()
            for line in found.words():
                self._reporter.warning(line)
            ended = self._drive(request, run, log, heart, keep=found.kept)
            done = [
                name for name, entry in ended.entries.items() if entry.outcome and entry.outcome.is_success
            ]
            unpin_all(backing.project.layout, run, done)
            return ended

    def _drive(
        self, request: RunRequest, run: str, log: RunLog, heart: Heart, *, keep: Sequence[str] = ()
    ) -> RunState:
        backing = self._backing
        started = time.monotonic()
        stages = tuple(entry.name for entry in request.entries)
        self._reporter.run_started(run, request.pipeline, stages)
        commits = Commits(backing.ledger)
        expected = expect(commits, request.entries)
        self._reporter.run_expected(expected)
        planner = Planner(backing.project, commits, backing.catalog, backing.extension)
        local = self._executor.name == "local"
        budget = self._executor.budget(backing.budget)
        launch = Launch(backing, request, run, self._reporter.warning, budget=budget, local=local)
        committer = Committer(backing, log, self._reporter, launch)
        drive = Drive(
            backing=backing,
            planner=planner,
            request=request,
            run=run,
            log=log,
            executor=self._executor,
            reporter=self._reporter,
            launch=launch,
            committer=committer,
            heart=heart,
            expected=expected,
            budget=budget,
        )
        drive.recall(fold(run, backing.ledger.read(f"run/{run}")), keep)
        with Interruption() as interruption:
            outcome, reason = self._watched(drive, run, interruption)
            committer.close()
            if (
                committer.projects
            ):  # before the end is written: a run that ended leaves nothing to bring level
                self._project()
            seconds = round(time.monotonic() - started, 3)
            data = {"outcome": outcome.value, "reason": reason, "seconds": seconds}
            log.add("run.ended", data, subject=request.pipeline)
        state = fold(run, backing.ledger.read(f"run/{run}"))
        launch.end(outcome, reason, state.metrics)
        self._reporter.run_ended(run, outcome, seconds, reason)
        return state

    def _project(self) -> None:
        try:
            self._backing.extension.project()
        except WorkbenchError as error:
            self._reporter.warning(f"MLflow's registry does not show the ledger yet. {error}")

    def _watched(self, drive: Drive, run: str, interruption: Interruption) -> tuple[Outcome, str]:
        folder = str(self._backing.project.layout.attempt(run, "x", 1).parent.parent)
        reaper = start_reaper(VARIABLE, f"{folder}{os.sep}")
        try:
            ended = drive.go()
            interruption.ignore()  # too late: what happened is about to be written
            return ended
        except KeyboardInterrupt:
            drive.settle()
            return Outcome.INTERRUPTED, "a person stopped the run"
        finally:
            release(reaper)

    @contextmanager
    def _lease(self, pipeline: str, run: str) -> Iterator[Heart]:
        backing = self._backing
        ttl = timedelta(seconds=2 * backing.heartbeat)
        try:
            lease = backing.leases.acquire(f"pipeline/{pipeline}", run, ttl)
        except BusyError as error:
            raise BusyError(
                f"Pipeline {pipeline!r} is already running, as {error.holder}.",
                hint=f"Watch it with: workbench show {error.holder}   (or wait until it has ended)",
                lease=error.lease,
                holder=error.holder,
            ) from error
        try:
            with Heart(lease, backing.heartbeat / 2) as heart:
                yield heart
        finally:
            lease.release()

    def _where(self) -> dict[str, Any]:
        return {"executor": self._executor.name, "host": socket.gethostname(), "pid": os.getpid()}
