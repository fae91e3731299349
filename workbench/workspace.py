"""A project with its stores opened and its layers put together: the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.clock import Clock, ManualClock, system_clock
from workbench.errors import UsageError
from workbench.kernels.aside import Aside
from workbench.kernels.settings import settings_of
from workbench.ledger import Leases, Ledger, open_leases, open_ledger
from workbench.pipeline.backing import Backing
from workbench.pipeline.commits import Commits
from workbench.pipeline.executor import Executor, LocalExecutor
from workbench.pipeline.history import RunState
from workbench.pipeline.plan import Plan, Planner, PlanStep
from workbench.pipeline.reporter import Reporter, SilentReporter
from workbench.pipeline.request import Requests, Texts
from workbench.pipeline.runs import Runs
from workbench.pipeline.sitting import sit_down
from workbench.project import Project, load_project

if TYPE_CHECKING:
    from workbench.data import Catalog, Datasets
    from workbench.pipeline.opening import Opened
    from workbench.pipeline.prepare import PreparedStage
    from workbench.pipeline.run import Runner
    from workbench.pipeline.run_diff import RunDiff
    from workbench.pipeline.stage import Stage
    from workbench.registry import Registry, RegistryExtension
    from workbench.tracking import Tracker


class Workspace:
    """One project, ready to be planned, run and asked about. Close it, or use it in `with`."""

    def __init__(self, project: Project, clock: Clock) -> None:
        self.project = project
        self.clock = clock

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the stores that were opened."""
        for name in ("aside", "ledger", "leases"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()

    @cached_property
    def ledger(self) -> Ledger:
        """The record of everything that matters."""
        return open_ledger(self.project.layout.ledger_url, self.clock)

    @cached_property
    def leases(self) -> Leases:
        """Who is at work on what."""
        return open_leases(self.project.layout.ledger_url, self.clock)

    @cached_property
    def catalog(self) -> Catalog:
        """What is committed under the names of datasets and artifacts."""
        from workbench.data.catalog import Catalog

        return Catalog(self.ledger)

    @cached_property
    def datasets(self) -> Datasets:
        """The versioned tables."""
        from workbench.data import Datasets

        return Datasets(self.project.layout.data)

    @cached_property
    def aside(self) -> Aside:
        """A process of its own for what is slow to import and may be done beside a run."""
        return Aside(lambda: settings_of(self.project) if self.project.config.runner.warm else None)

    @cached_property
    def tracker(self) -> Tracker:
        """MLflow's tracking store."""
        from workbench.tracking import DistantTracker

        layout = self.project.layout
        return DistantTracker(self.aside.call, (layout.tracking_url, layout.artifacts_uri, self.project.name))

    @cached_property
    def registry(self) -> Registry:
        """The models: their versions, who is champion, and by whose decision."""
        from workbench.registry import Registry

        return Registry(self.project, self.ledger)

    @cached_property
    def extension(self) -> RegistryExtension:
        """The registry's part in runs: versions, evidence, promotions."""
        from workbench.registry import RegistryExtension

        own = isinstance(self.clock, ManualClock)  # of this process alone
        call = None if own else self.aside.call
        return RegistryExtension(self.project, self.ledger, call=call)

    @cached_property
    def backing(self) -> Backing:
        """What runs stand on."""
        return Backing(
            project=self.project,
            ledger=self.ledger,
            leases=self.leases,
            catalog=self.catalog,
            extension=self.extension,
            clock=self.clock,
            aside=self.aside,
            datasets=lambda: self.datasets,
            tracker=lambda: self.tracker,
        )

    def plan(
        self,
        pipeline: str | None = None,
        *,
        overrides: Texts | None = None,
        start: str | None = None,
        until: str | None = None,
        force: bool = False,
    ) -> Plan:
        """Return what a run would do, and why.

        Raises:
            UsageError: a stage, a parameter or an input is not what the project declares.
        """
        request = self._requests.pipeline(pipeline, overrides, start=start, until=until, force=force)
        return self._planner.plan(request.pipeline, [e.stage for e in request.entries], force=force)

    def check(self, pipeline: str, overrides: Texts | None = None) -> None:
        """Check what a run would be asked for, and do nothing.

        Raises:
            UsageError: a name or a parameter is not what the project declares.
        """
        self._requests.pipeline(pipeline, overrides)

    def why(self, stage: str) -> PlanStep:
        """Return whether a stage is stale, and which change makes it so; what is upstream included."""
        self.project.stage(stage)
        for name in self.project.config.pipelines:
            if stage in self.project.pipeline(name).stages:
                return next(s for s in self.plan(name).steps if s.stage == stage)
        return self._planner.plan("", [self._requests.prepared(stage)]).steps[0]

    def run(
        self,
        pipeline: str | None = None,
        *,
        overrides: Texts | None = None,
        start: str | None = None,
        until: str | None = None,
        force: bool = False,
        reason: str = "asked for",
        run: str | None = None,
        executor: Executor | None = None,
        reporter: Reporter | None = None,
    ) -> RunState:
        """Run a pipeline to its end and return what became of it.

        Raises:
            UsageError: something asked for is not what the project declares; nothing has run.
            BusyError: another run of this pipeline is alive.
            ConflictError: the id `run` was given, and a run of that id has begun already.
        """
        request = self._requests.pipeline(
            pipeline, overrides, start=start, until=until, force=force, reason=reason
        )
        return self._runner(executor, reporter).start(request, run)

    def run_stage(
        self,
        stage: str,
        parameters: Mapping[str, Any],
        *,
        reason: str,
        run: str | None = None,
        reporter: Reporter | None = None,
    ) -> RunState:
        """Run one stage alone, with these parameters, and return what became of it."""
        return self._runner(None, reporter).start(self._requests.single(stage, parameters, reason), run)

    def resume(
        self,
        run: str,
        *,
        redo: bool = False,
        executor: Executor | None = None,
        reporter: Reporter | None = None,
    ) -> RunState:
        """Go on with a run that failed, was stopped, or lost its runner; what it committed is kept.

        What failed is run from its notebook as it is now; what succeeded stays, unless `redo` is set and its
        code has changed since.

        Raises:
            UnknownNameError: there is no such run.
            UsageError: the run has succeeded already.
        """
        state = self.show(run)
        if state.outcome is not None and state.outcome.is_success:
            raise UsageError(
                f"Run {state.run} has {state.outcome.value} already; there is nothing to go on with.",
                hint=f"Start a new one: workbench run {state.pipeline}",
            )
        request = self._requests.again(state.request)
        return self._runner(executor, reporter).resume(request, state.run, redo=redo)

    def sweep(
        self,
        stage: str,
        *,
        grid: Mapping[str, Sequence[str]],
        executor: Executor | None = None,
        reporter: Reporter | None = None,
    ) -> RunState:
        """Run a stage once for each combination of parameters, in parallel; nothing becomes current."""
        return self._runner(executor, reporter).start(self._requests.sweep(stage, grid))

    @cached_property
    def finder(self) -> Runs:
        """The runs of the project, as they are asked for."""
        return Runs(self.ledger, self.leases)

    def runs(self, limit: int = 20) -> list[RunState]:
        """Return the newest runs, newest first."""
        return self.finder.newest(limit)

    def show(self, run: str) -> RunState:
        """Return a run by its id, a unique beginning of it, or `last`.

        Raises:
            UnknownNameError: there is no such run.
        """
        return self.finder.find(run)

    def difference(self, old: str, new: str, stage: str | None = None) -> RunDiff:
        """Return what differs between two runs, or between one stage of them, with the lines of code."""
        from workbench.pipeline.run_diff import run_diff

        both = (self.finder.find(old), self.finder.find(new))
        stages = None if stage is None else (stage,)
        return run_diff(self.ledger, self.project.layout, self.finder.state, *both, stages=stages)

    def open(self, run: str, stage: str | None = None) -> Opened:
        """Hold the person's sessions on a stage to what a run read and was given; see `open_stage`."""
        from workbench.pipeline.opening import open_stage

        found = self.finder.find(run)
        return open_stage(self.project, self.finder.state, found, stage, self.clock.now())

    def stage(self, name: str, namespace: dict[str, Any] | None = None, run: str | None = None) -> Stage:
        """Return a stage for a person's session, its parameters checked in `namespace`.

        Args:
            name: the stage's.
            namespace: the notebook's variables.
            run: the run whose inputs and parameters it gets; what it was opened with when None.
        """
        opener = partial(open_workspace, self.project.root, clock=self.clock)
        return sit_down(self, opener, name, namespace, run)

    def prepared(self, stage: str, values: Mapping[str, Any]) -> PreparedStage:
        """Return a stage made ready from its notebook as it is saved, with these parameters."""
        return self._requests.prepared(stage, typed=values)

    @cached_property
    def _requests(self) -> Requests:
        return Requests(self.project)

    @property
    def _planner(self) -> Planner:
        return Planner(self.project, Commits(self.ledger), self.catalog, self.extension)

    def _runner(self, executor: Executor | None, reporter: Reporter | None) -> Runner:
        from workbench.pipeline.run import Runner

        return Runner(self.backing, executor or LocalExecutor(), reporter or SilentReporter())


def open_workspace(path: Path | None = None, *, clock: Clock | None = None) -> Workspace:
    """Open the project around a path, the current folder by default.

    Raises:
        ConfigurationError: there is no project there, or its workbench.toml is wrong.
    """
    return Workspace(load_project(path), clock or system_clock())
