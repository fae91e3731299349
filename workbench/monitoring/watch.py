"""Looks at a model's window by running its monitor stage, and lets alerts follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.monitoring.finding import DRIFT, WindowReport
from workbench.monitoring.span import asked_span
from workbench.registry.window import JUDGED, window_stream

if TYPE_CHECKING:
    from workbench.monitoring.alerts import AlertChange
    from workbench.monitoring.evidently_report import Wanted
    from workbench.pipeline.history import RunState
    from workbench.pipeline.reporter import Reporter
    from workbench.project import Project
    from workbench.workspace import Workspace

ACTOR = "workbench monitor"
_WRITE = "workbench.monitoring.evidently_report:write_report"
_NICE = 10


@dataclass(frozen=True)
class Watched:
    """A window that was looked at.

    Attributes:
        run: the run of the monitor stage, as it ended.
        report: what it found; None where the stage failed.
        changes: the alerts that fired, were repeated or were resolved because of it.
        page: where Evidently's report is, or will be in some seconds; None where nobody asked for it.
    """

    run: RunState
    report: WindowReport | None
    changes: tuple[AlertChange, ...] = ()
    page: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "run": self.run.run,
            "outcome": self.run.outcome.value if self.run.outcome else None,
            "report": self.report.to_dict() if self.report else None,
            "alerts": [change.to_dict() for change in self.changes],
            "page": str(self.page) if self.page else None,
        }


def watch(
    workspace: Workspace,
    model: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    page: bool | None = None,
    reason: str = "",
    run: str | None = None,
    reporter: Reporter | None = None,
) -> Watched:
    """Run the stage that monitors a model, and fire, repeat or resolve the alerts that follow.

    Args:
        workspace: the project.
        model: a model that it declares.
        since: the window's first moment; None: a window's length before its end.
        until: the first moment after it; None: the end of the last whole window.
        page: whether Evidently's report of the window is made, too; None: in the background when an alert
            fires. It takes seconds, and nobody waits for it unless it is asked for.
        reason: why, for the run's record.
        run: the id of the stage's run, where that was decided before.
        reporter: is told how the run goes.

    Raises:
        UnknownNameError: there is no such model.
        UsageError: the project has no stage that monitors it, or the stage does not call `wb.monitor`.
        BusyError: somebody else is at it.
    """
    from workbench.monitoring.alerts import consider, tell

    own, now = workspace.project.model(model).monitoring, workspace.clock.now()
    stage = own.stage
    _check_stage(workspace, model, stage)
    span = asked_span(since, until, now=now, length=own.window, timezone=own.timezone)
    parameters = {"model": model, "since": span.since.isoformat(), "until": span.until.isoformat()}
    why = reason or f"looks at {model}"
    state = workspace.run_stage(stage, parameters, reason=why, run=run, reporter=reporter)
    report = _report(workspace, model, state.run)
    if report is None:
        _check_reported(state, stage, model)
        return Watched(state, None)
    changes = consider(workspace.project, workspace.ledger, report, run=state.run, now=now)
    tell(workspace.project, workspace.ledger, changes, now=now)
    fired = any(change.what == "fired" for change in changes)
    if page is False or (page is None and not fired):
        return Watched(state, report, changes)
    return Watched(state, report, changes, _page(workspace, model, report, state, wait=bool(page)))


def last_report(workspace: Workspace, model: str) -> WindowReport | None:
    """Return the newest report on a model's windows; None before the first."""
    found = workspace.ledger.find(kinds=(JUDGED,), subject=model, newest_first=True, limit=1)
    return WindowReport.from_dict(found[0].data["report"]) if found else None


def _check_stage(workspace: Workspace, model: str, stage: str) -> None:
    if stage not in workspace.project.config.stages:
        raise UsageError(
            f"Nothing monitors {model!r}: workbench.toml has no stage {stage!r}.",
            hint=f"Declare [stages.{stage}] with a notebook that calls wb.monitor, or name another one as "
            f"stage under [models.{model}.monitoring].",
        )


def _check_reported(run: RunState, stage: str, model: str) -> None:
    if run.outcome is not None and run.outcome.is_success:
        raise UsageError(
            f"Stage {stage!r} ended well, but told nothing of {model!r}.",
            hint=f"Let its notebook call wb.monitor(stage, model={model!r}).",
        )


def _report(workspace: Workspace, model: str, run: str) -> WindowReport | None:
    stream = window_stream(model)
    version = workspace.ledger.version(stream)
    for event in reversed(workspace.ledger.read(stream, after=max(0, version - 20))):
        if event.data["run"] == run:
            return WindowReport.from_dict(event.data["report"])
    return None


def _page(workspace: Workspace, model: str, report: WindowReport, run: RunState, *, wait: bool) -> Path:
    from workbench.monitoring.evidently_report import Wanted
    from workbench.monitoring.page import furthest

    path = workspace.project.layout.runs / run.run / "evidently.html"
    root = workspace.project.root
    first = tuple(check.name for check in furthest(report.of(DRIFT)))
    wanted = Wanted(root, model, report.since, report.until, report.reference, path, first)
    if wait:
        workspace.aside.call(_WRITE, wanted)
    else:
        Thread(target=_quietly, args=(workspace.project, wanted), name="evidently").start()
    return path


def _quietly(project: Project, wanted: Wanted) -> None:
    """Make a page that nobody waits for, behind all other work; or say in its place why not."""
    from workbench.kernels.aside import Aside
    from workbench.kernels.settings import settings_of

    aside = Aside(lambda: settings_of(project) if project.config.runner.warm else None)
    try:
        aside.call("os:nice", _NICE)
        aside.call(_WRITE, wanted)
    except Exception as error:  # noqa: BLE001 - the alert stands without its page
        if wanted.path.parent.is_dir():
            wanted.path.with_suffix(".txt").write_text(f"{error}\n", encoding="utf-8")
    finally:
        aside.close()
