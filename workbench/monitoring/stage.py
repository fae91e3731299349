"""`wb.monitor`: look at a window of a model's predictions from a notebook, and keep what was found."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from workbench.monitoring.finding import DRIFT, PERFORMANCE, WindowReport
from workbench.monitoring.look import look
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.pipeline.stage import Stage


def monitor(
    stage: Stage, *, model: str, since: datetime | None = None, until: datetime | None = None
) -> WindowReport:
    """Look at a window of a model's predictions; what is found is kept with the stage's end.

    Rows are judged by their truth once it is due: where `label_delay` has not passed since the window's
    end, those of an equally long time that ends so much earlier.

    Args:
        stage: the stage that monitors.
        model: its name in workbench.toml.
        since: the window's first moment; None: a window's length before its end.
        until: the first moment after it; None: the end of the last whole window.

    Returns:
        Every question that was asked, with its answer; it shows itself as a table.

    Raises:
        UsageError: the window would end before it begins, or a time has no zone.
        UnknownNameError: workbench.toml declares no such model.
    """
    from workbench.clock import SystemClock
    from workbench.ledger import open_ledger

    ledger = open_ledger(stage.project.layout.ledger_url, SystemClock())
    try:
        report = look(stage.project, ledger, model, now=stage.now(), since=since, until=until)
    finally:
        ledger.close()
    stage.request("window", model=model, report=report.to_dict())
    stage.log_metrics(_metrics(report))
    return report


def _metrics(report: WindowReport) -> dict[str, float]:
    """Return the numbers by which windows are compared with each other."""
    own = {
        check.name: check.value
        for check in report.of(PERFORMANCE)
        if check.value is not None and check.version is None and "=" not in check.name
    }
    drifted = sum(check.verdict is Verdict.FAIL for check in report.of(DRIFT))
    counted = {"rows": float(report.rows), "labelled": float(report.labelled), "drifted": float(drifted)}
    return {**counted, **{name: value for name, value in own.items() if isfinite(value)}}
