"""Looks at a window of a model's predictions: every question that there is, each with its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.monitoring import quality
from workbench.monitoring.drift import Drifts
from workbench.monitoring.estimates import estimates
from workbench.monitoring.finding import (
    DRIFT,
    ESTIMATE,
    LABEL_DRIFT,
    PERFORMANCE,
    PREDICTION_DRIFT,
    QUALITY,
    SERVICE,
    Check,
    WindowReport,
)
from workbench.monitoring.outcomes import outcomes
from workbench.monitoring.plain import plain
from workbench.monitoring.reference import References
from workbench.monitoring.service import service
from workbench.monitoring.slices import SliceRule, slice_rules
from workbench.monitoring.span import Span, asked_span, due_span
from workbench.monitoring.window import Window, read_window
from workbench.registry.gate import Unmeasurable
from workbench.registry.model import ModelState, read_model
from workbench.registry.verdict import Verdict
from workbench.registry.window import JUDGED

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import ModelConfig, Project


def look(
    project: Project,
    ledger: Ledger,
    model: str,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> WindowReport:
    """Return what is found in a window of a model's predictions; nothing is written.

    Whatever cannot be looked at is a check without enough evidence, with its reason, and no error.

    Args:
        project: whose log it is.
        ledger: knows the model's versions.
        model: its name.
        now: project time.
        since: the window's first moment; None: a window's length before its end.
        until: the first moment after it; None: the end of the last whole window.

    Raises:
        UsageError: the window would end before it begins, or a time has no zone.
        UnknownNameError: the project declares no such model.
    """
    config = project.model(model)
    own = config.monitoring
    span = asked_span(since, until, now=now, length=own.window, timezone=own.timezone)
    due = due_span(span, now=now, delay=own.label_delay, block=own.block, timezone=own.timezone)
    return _Look(project, ledger, config, now, span, due).report()


@dataclass(frozen=True)
class _Look:
    project: Project
    ledger: Ledger
    config: ModelConfig
    now: datetime
    span: Span
    due: Span

    def report(self) -> WindowReport:
        """Return the report."""
        about: dict[str, Any] = {
            "model": self.config.name,
            "since": self.span.since,
            "until": self.span.until,
            "at": self.now,
        }
        try:
            window = self._window
        except WorkbenchError as error:
            unread = Check(QUALITY, "log", Verdict.INCONCLUSIVE, f"the prediction log: {error.message}")
            return WindowReport(**about, rows=0, labelled=0, checks=(unread,))
        return WindowReport(
            **about,
            rows=window.rows.height,
            labelled=window.labelled,
            versions=window.versions,
            reference=self._references.number,
            checks=tuple(self._checks(window)),
        )

    @cached_property
    def _window(self) -> Window:
        from workbench.serving.log import PredictionLog

        own = self.config.monitoring
        return read_window(
            PredictionLog(self.project),
            self.config.name,
            self.span,
            self.due,
            block=own.block,
            timezone=own.timezone,
            by=[column for rule in self._rules for column in rule.by],
        )

    @property
    def _spool(self) -> Path:
        from workbench.serving.log import LogPlace

        return LogPlace(self.project.layout.state).spool

    @cached_property
    def _rules(self) -> list[SliceRule]:
        return slice_rules(self.config)

    @cached_property
    def _state(self) -> ModelState:
        return read_model(self.ledger, self.config.name)

    @cached_property
    def _references(self) -> References:
        return References(self.project, self.config, self._state, self._window.main_version)

    def _checks(self, window: Window) -> Iterator[Check]:
        own, references = self.config.monitoring, self._references
        classes = references.classes
        drifts = Drifts(window, references, self.config)
        steps: tuple[tuple[str, str, Callable[[], Iterable[Check]]], ...] = (
            (DRIFT, "columns", drifts.columns),
            (PREDICTION_DRIFT, "score", drifts.scores),
            (LABEL_DRIFT, self.config.target, drifts.labels),
            (
                QUALITY,
                "columns",
                lambda: quality.quality(window, references.known, own.quality, references.doubt),
            ),
            (QUALITY, "scores", lambda: [quality.scores(window, self.config.task)]),
            (
                QUALITY,
                "labels",
                lambda: quality.labels(window, self.config.task, classes, own.quality, own.label_delay),
            ),
            (PERFORMANCE, self.config.metric, lambda: outcomes(window, references, self.config, self._rules)),
            (ESTIMATE, self.config.metric, lambda: estimates(window, references, self.config)),
            (SERVICE, "rows", lambda: service(window, own.service, self._spool, self._reading())),
        )
        for kind, name, step in steps:
            yield from _guarded(kind, name, step)

    def _reading(self) -> dict[str, Any] | None:
        """Return what the service had counted at the report before this one."""
        last = self.ledger.find(kinds=(JUDGED,), subject=self.config.name, newest_first=True, limit=1)
        for event in last:
            report = WindowReport.from_dict(event.data["report"])
            for check in report.of(SERVICE):
                if "reading" in check.evidence:
                    return dict(check.evidence["reading"])
        return None


def _guarded(kind: str, name: str, step: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return a step's checks; an error in it is a question without an answer, and the others are asked."""
    import numpy as np

    found: list[Check] = []
    try:
        with np.errstate(all="ignore"):  # what overflows is no finite number, and says so in its check
            found.extend(plain(check) for check in step())
    except Unmeasurable as reason:
        found.append(Check(kind, name, Verdict.INCONCLUSIVE, str(reason)))
    except WorkbenchError as error:
        found.append(Check(kind, name, Verdict.INCONCLUSIVE, error.message))
    except Exception as error:  # noqa: BLE001 - what a caller sent, or a source answered, ends no monitoring
        note = f"could not be looked at: {type(error).__name__}: {error}"
        found.append(Check(kind, name, Verdict.INCONCLUSIVE, note[:500]))
    return found
