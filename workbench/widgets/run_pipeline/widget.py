"""`RunPipeline`: what a person asks for, the plan of it, the run, and what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from traitlets import Unicode

from workbench.errors import BusyError, UsageError
from workbench.insight.experiments import LaunchRequest, expect_stages, launch_form, open_in_session
from workbench.pipeline.expectation import Expectation
from workbench.widgets.run_pipeline.asked import Asked, Given
from workbench.widgets.run_pipeline.planning import Planning
from workbench.widgets.run_pipeline.watching import REFUSED, Watching
from workbench.widgets.run_pipeline.words import said
from workbench.widgets.session import session
from workbench.widgets.shown import Shown, has_front_end

if TYPE_CHECKING:
    from workbench.pipeline.history import RunState
    from workbench.pipeline.opening import Opened
    from workbench.pipeline.plan import Plan

_PLAN_WITHIN = 20.0  # seconds that a text waits for the plan; a page waits for nothing
_log = logging.getLogger("workbench.widgets")


class RunPipeline(Shown):
    """Runs a pipeline in a process of its own, as `workbench run` does, and shows how far it has come.

    ```python
    w = wb.widgets.RunPipeline("training", parameters={"features.horizon_minutes": 30})
    w.run(); w.wait()
    ```

    Args:
        pipeline: its name; the default one when None.
        parameters: values by `STAGE.NAME`, or by stage and name.
        start: the first stage that may run.
        until: the last one.
        force: whether to run also what is unchanged.

    Attributes:
        state: `ready`, `starting`, `running`, an outcome, or `did not start`; a trait.
        run_id: of the run; empty until it has begun; a trait.

    Raises:
        UsageError: a name or a value is not what the project declares.
        AccessError: the person may not launch runs.
    """

    state = Unicode("ready", read_only=True)
    run_id = Unicode("", read_only=True)

    def __init__(
        self,
        pipeline: str | None = None,
        *,
        parameters: Given | None = None,
        start: str = "",
        until: str = "",
        force: bool = False,
    ) -> None:
        super().__init__()
        self._session = session()
        self._asked = Asked(launch_form(self._session.store, self._session.person), pipeline)
        self._asked.give(parameters or {})
        self._asked.span(start, until, force=force)
        self._planning = Planning(self._session, self._tell)
        self._watching: Watching | None = None
        self._redraw: Callable[[], None] = lambda: None

    def __repr__(self) -> str:
        run = f" run {self.run_id}" if self.run_id else ""
        return f"<RunPipeline {self._asked.pipeline}: {self.state}{run}>"

    def set(self, parameters: Given) -> None:
        """Give values to parameters, all of them or none: `set({"train.rate": 0.1})`.

        Raises:
            UsageError: one of them is not what its notebook declares.
        """
        self._asked.give(parameters)
        self._tell()

    def plan(self) -> Plan:
        """Return what a run would do, and why; this works it out, which may take seconds.

        Raises:
            UsageError: something asked for is not what the project declares.
        """
        self._planning.ask(self._asked.request())
        self._planning.wait(None)
        if self._planning.trouble is not None:
            raise self._planning.trouble
        assert self._planning.plan is not None
        return self._planning.plan

    def run(self) -> None:
        """Start it, and return at once.

        Raises:
            UsageError: a parameter holds what cannot stand; nothing was started.
            BusyError: the pipeline is running already.
        """
        self._start(self._asked.request())

    def open(self, stage: str | None = None) -> Opened:
        """Make a stage of the run ready to be mended, as `workbench open` does, and return where it is.

        Args:
            stage: its name; the one that failed when None.

        Raises:
            UsageError: nothing has run here, or the stage never began.
        """
        return open_in_session(self._session.store, self._session.person, self._begun(), stage)

    def resume(self) -> None:
        """Go on with the run where it failed, from the notebooks as they are now; return at once.

        Raises:
            UsageError: nothing has run here.
            BusyError: it goes on already.
        """
        self._start(LaunchRequest(self._asked.pipeline, resume=self._begun()))

    def stop(self) -> None:
        """End the run: what it committed stays, and it is recorded as interrupted."""
        if self._watching is None:
            raise UsageError("Nothing was started here.", hint="Start it with .run(), or its button.")
        self._watching.stop()

    def wait(self, timeout: float | None = None) -> RunState | None:
        """Wait for the run's end and return what became of it; None when it has not ended in time.

        Args:
            timeout: seconds; None waits as long as it takes.

        Raises:
            UsageError: nothing was started, or the run was refused before it began.
        """
        if self._watching is None:
            raise UsageError("Nothing was started here.", hint="Start it with .run(), or its button.")
        if not self._watching.wait(timeout):
            return None
        self._follow()
        if self.state == REFUSED:
            raise UsageError("The run did not start.", hint=self._watching.said.strip()[-2000:])
        return self.result

    @property
    def result(self) -> RunState | None:
        """What became of the run, as `workbench show` tells it; None before it has begun."""
        return self._session.store.run_state(self.run_id) if self.run_id else None

    def text(self) -> str:
        """Return the plan before a run, how far it has come while it goes on, and its result after."""
        if self._watching is None and not self._asked.problems:
            if self._planning.plan is None:
                self._planning.ask(self._asked.request())
            self._planning.wait(0.0 if has_front_end() else _PLAN_WITHIN)
        return said(self._asked, self._planning, self._watching, self.result)

    def build(self) -> Any:
        """Return the form, the plan, the run and its result."""
        from workbench.widgets.run_pipeline.view import View

        view = View(self, self._asked, self._planning, lambda: self._watching)
        self._redraw = view.redraw
        self._at_close(lambda: setattr(self, "_redraw", lambda: None))
        return view.root

    def _start(self, request: LaunchRequest) -> None:
        if self._watching is not None and not self._watching.is_over:
            raise BusyError(
                f"This run of {self._asked.pipeline!r} goes on already.",
                hint="Wait for its end, or stop it.",
                lease=f"pipeline/{self._asked.pipeline}",
                holder=self.run_id,
            )
        self.set_trait("run_id", "")
        self._watching = Watching(self._session, request, self._expected(), self._follow)
        self._follow()

    def _begun(self) -> str:
        if not self.run_id:
            raise UsageError("Nothing has run here yet.", hint="Start it with .run(), or its button.")
        return str(self.run_id)

    def _expected(self) -> dict[str, Expectation]:
        """Return what the stages will take; nothing for those that the plan reuses."""
        store, person = self._session.store, self._session.person
        found = expect_stages(store, person, self._asked.stages)
        plan = self._planning.plan if not self._planning.busy else None
        reused = {step.stage for step in plan.steps if step.action == "reuse"} if plan else set()
        return {stage: Expectation(0.0) if stage in reused else each for stage, each in found.items()}

    def _follow(self) -> None:
        watching = self._watching
        if watching is not None:
            self.set_trait("run_id", watching.run)
            self.set_trait("state", watching.state)
        self._tell()

    def _tell(self) -> None:
        try:
            self._redraw()
        except Exception:  # noqa: BLE001 - the run goes on, whatever its picture does
            _log.exception("a run could not be drawn")
