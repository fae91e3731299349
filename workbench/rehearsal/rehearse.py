"""Lives through a past time once more: real service, schedules and trainings, on a clock that it moves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.clock import VARIABLE, SharedClock
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.pipeline.interruption import Interruption
from workbench.pipeline.outcome import Outcome
from workbench.project import Project, load_project
from workbench.rehearsal.caller import Caller, questions, truths
from workbench.rehearsal.days import midnight, parts, span, within
from workbench.rehearsal.feed import AT, Day, load_feed
from workbench.rehearsal.follow import Follower
from workbench.rehearsal.news import News
from workbench.rehearsal.place import Place
from workbench.rehearsal.service import Service
from workbench.scheduling.declared import parameters_of
from workbench.scheduling.scheduler import Scheduler
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from workbench.project.rehearsal import FirstConfig, RehearsalConfig, StepConfig
    from workbench.rehearsal.timeline import Timeline
    from workbench.rehearsal.watcher import Watcher

_INSTANT = timedelta(microseconds=1)
_WORKERS = 2


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal that has ended.

    Attributes:
        root: the copy of the project that it happened in; a project like any other.
        timeline: what happened, and where the page is.
        rows: how many were asked about.
        labels: how many turned out to be true or not.
        seconds: how long it took.
        spent: of these, by what they were spent on.
    """

    root: Path
    timeline: Timeline
    rows: int
    labels: int
    seconds: float
    spent: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        plain = {"rows": self.rows, "labels": self.labels, "seconds": self.seconds, "spent": self.spent}
        return {"root": str(self.root), **plain, "timeline": self.timeline.to_dict()}


def rehearse(
    project: Project, folder: Path, watcher: Watcher, *, months: int | None = None, fresh: bool = False
) -> Rehearsed:
    """Live through the time that `[rehearsal]` declares, in a copy of a project.

    Args:
        project: the original, which is only read.
        folder: where the copy is; a rehearsal that was interrupted there goes on where it stopped.
        watcher: is told what happens.
        months: how many, from the first day on; all when None.
        fresh: whether an earlier rehearsal in the folder is removed first.

    Raises:
        ConfigurationError: the project declares no rehearsal, or one that cannot be.
        UsageError: the folder holds something else, or a rehearsal that has ended.
        WorkbenchError: the first run gave no champion, or the service is gone.
    """
    declared = project.config.rehearsal
    if declared is None:
        raise ConfigurationError(
            "The project declares no rehearsal.",
            hint="A table [rehearsal] in workbench.toml declares one: feed, model, begin and end.",
            file=str(project.root / "workbench.toml"),
            key="rehearsal",
        )
    place = Place(folder)
    goes_on = place.prepare(project, fresh=fresh)
    begin, end = span(declared, months)
    with (
        _clock(place, begin, goes_on=goes_on) as clock,
        Workspace(load_project(place.root), clock) as opened,
        Interruption(),
    ):
        return _Rehearsal(opened, clock, place, watcher, (begin, end)).run()


class _Rehearsal:
    def __init__(
        self,
        workspace: Workspace,
        clock: SharedClock,
        place: Place,
        watcher: Watcher,
        span: tuple[datetime, datetime],
    ) -> None:
        declared = workspace.project.config.rehearsal
        assert declared is not None
        self._declared: RehearsalConfig = declared
        self._workspace, self._clock, self._place, self._watcher = workspace, clock, place, watcher
        self._begin, self._end = span
        self._scheduler = Scheduler(workspace, reporter=watcher.reporter)
        self._news = News(workspace, declared.model, watcher)
        self._spent: dict[str, float] = {}
        self._rows = self._labels = 0

    def run(self) -> Rehearsed:
        begun = monotonic()
        last = (self._end - _INSTANT).astimezone(ZoneInfo(self._declared.timezone)).date()
        self._watcher.begun(self._begin.astimezone(ZoneInfo(self._declared.timezone)).date(), last)
        with ThreadPoolExecutor(1) as ahead:
            days = load_feed(self._workspace.project)(self._begin, self._end)
            first = ahead.submit(next, days, None)  # the feed is made while the first champion is trained
            self._first(self._declared.first)
            self._watcher.doing("the first day's requests are made")
            with self._timed("feed"):
                day = first.result()
            self._watcher.doing("the service starts")
            started = monotonic()
            with (
                Service(self._place.root, self._declared.model, _WORKERS) as service,
                closing(Caller(service.host, service.port, _WORKERS)) as caller,
            ):
                self._spend("service", monotonic() - started)
                follower = Follower(self._workspace, self._declared.model, service)
                while day is not None:
                    upcoming = ahead.submit(next, days, None)
                    self._live(day, caller, follower)
                    day = upcoming.result()
        self._watcher.doing("the timeline is drawn")
        with self._timed("timeline"):
            timeline = self._timeline()
        self._place.note(ended=self._clock.now().isoformat())
        return Rehearsed(
            self._place.root, timeline, self._rows, self._labels, monotonic() - begun, self._spent
        )

    def _first(self, first: FirstConfig) -> None:
        model = self._declared.model
        if self._workspace.registry.model(model).champion is not None:
            return  # it goes on
        self._watcher.doing("the first champion is trained")
        with self._timed("first training"):
            state = self._workspace.run(
                first.pipeline,
                overrides=self._parameters(first.parameters),
                reason="rehearsal: the first champion",
                reporter=self._watcher.reporter,
            )
        _check(state.outcome)
        if self._workspace.registry.model(model).champion is None:
            raise WorkbenchError(
                f"The first run gave {model!r} no champion: {state.outcome}: {state.reason}",
                hint=f"See why: cd {self._place.root} && workbench show {state.run}",
            )
        self._news.tell()

    def _live(self, day: Day, caller: Caller, follower: Follower) -> None:
        """Live through one day: people do what they do, callers ask, labels come, the scheduler ticks."""
        first = midnight(day.day, self._declared.timezone)
        end = midnight(day.day + timedelta(days=1), self._declared.timezone)
        if end - _INSTANT <= self._clock.now():
            return  # it was lived through before the rehearsal was interrupted
        self._watcher.doing(f"{day.day:%d %B}")
        if self._clock.now() <= first:
            self._turn(first, follower)
            for step in self._declared.steps:
                if step.day == day.day:
                    self._step(step, follower)
        for begin, stop in parts(first, end, self._declared.every):
            if stop - _INSTANT > self._clock.now():
                with self._timed("requests and labels"):
                    self._ask(day, begin, stop, caller)
                if stop < end:
                    self._turn(stop, follower)
        self._watcher.day(day.day, len(day.requests), len(day.labels))

    def _ask(self, day: Day, begin: datetime, stop: datetime, caller: Caller) -> None:
        asked, told = (within(table, begin, stop) for table in (day.requests, day.labels))
        self._clock.set(stop - 2 * _INSTANT)
        declared = self._declared
        caller.post(list(questions(declared.model, asked.drop(columns=AT), declared.rows, _WORKERS)))
        caller.post(list(truths(declared.model, told)))
        self._clock.set(stop - _INSTANT)  # this part is over, should anybody interrupt now
        self._rows += len(asked)
        self._labels += len(told)

    def _turn(self, moment: datetime, follower: Follower) -> None:
        """Let the clock reach a moment, and everything happen that is due."""
        self._clock.set(moment)
        begun = monotonic()
        runs = 0.0
        for started in self._scheduler.tick():
            _check(started.done.outcome if started.done else None)
            seconds = self._seconds(started.claim.run)
            self._spend(f"{started.claim.action} {started.claim.target}", seconds)
            runs += seconds
        self._spend("schedules, judgements, alerts", monotonic() - begun - runs)
        self._settle(follower)

    def _seconds(self, run: str) -> float:
        if not self._workspace.ledger.version(f"run/{run}"):
            return 0.0
        return self._workspace.show(run).seconds or 0.0

    def _step(self, step: StepConfig, follower: Follower) -> None:
        self._watcher.doing(step.name)
        with self._timed(f"step: {step.name}"):
            state = self._workspace.run(
                step.pipeline,
                overrides=self._parameters(step.parameters),
                reason=f"rehearsal: {step.name}",
                reporter=self._watcher.reporter,
            )
        _check(state.outcome)
        self._settle(follower)

    def _settle(self, follower: Follower) -> None:
        """Tell what is new, and wait until callers meet it."""
        with self._timed("telling what is new"):
            self._news.tell()
        with self._timed("versions that change"):
            late = follower.follow()
        if late:
            self._watcher.warning(late)

    def _parameters(self, given: dict[str, Any]) -> dict[str, dict[str, str]]:
        today = self._clock.now().astimezone(ZoneInfo(self._declared.timezone)).date()
        return parameters_of(given, {"today": today})

    def _timeline(self) -> Timeline:
        from workbench.rehearsal.timeline import write

        self._clock.set(self._end)
        until = self._end + _INSTANT
        return write(
            self._workspace, self._declared.model, since=self._begin, until=until, folder=self._place.timeline
        )

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        begun = monotonic()
        yield
        self._spend(what, monotonic() - begun)

    def _spend(self, what: str, seconds: float) -> None:
        self._spent[what] = self._spent.get(what, 0.0) + seconds


def _check(outcome: str | None) -> None:
    """Let whoever interrupted a run interrupt the rehearsal."""
    if outcome == Outcome.INTERRUPTED:
        raise KeyboardInterrupt


@contextmanager
def _clock(place: Place, begin: datetime, *, goes_on: bool) -> Iterator[SharedClock]:
    """Yield the rehearsal's clock, and let this process and all that it starts go by it."""
    before = os.environ.get(VARIABLE)
    going = goes_on and place.clock.exists()
    clock = SharedClock(place.clock) if going else SharedClock.create(place.clock, begin)
    os.environ[VARIABLE] = str(place.clock)
    try:
        yield clock
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
