"""Evidently's full report: made aside when somebody asks, or said why not."""

from __future__ import annotations

import time

import pytest

from tests.insight.scene import BEGIN, DAY, Scene
from tests.insight.weeks import VIEWER, drifted, look
from tests.registry.models import MODEL
from workbench.errors import UnknownNameError
from workbench.insight import Store
from workbench.insight.drift import (
    FullReport,
    ReportState,
    drift_map,
    full_report,
    make_full_report,
    read_full_report,
)


def test_a_report_that_cannot_be_made_says_why(store: Store) -> None:
    """The process aside meets a project in which nothing was logged."""
    position = drift_map(store, VIEWER, MODEL).windows[-1].position
    assert full_report(store, VIEWER, MODEL, position) == FullReport(ReportState.NONE)
    assert make_full_report(store, VIEWER, MODEL, position).state is ReportState.MAKING
    until = time.monotonic() + 60
    while full_report(store, VIEWER, MODEL, position).state is ReportState.MAKING:
        assert time.monotonic() < until, "the report was neither made nor given up"
        time.sleep(0.05)
    found = full_report(store, VIEWER, MODEL, position)
    assert found.state is ReportState.FAILED
    assert "there is none" in found.why
    with pytest.raises(UnknownNameError):
        read_full_report(store, VIEWER, MODEL, position)


def test_a_report_that_an_alert_had_made_is_there(scene: Scene, store: Store) -> None:
    """It lies beside the run that looked at the window, and is not made again."""
    look(scene, BEGIN + 7 * DAY, 7, drifted("hour"), run="20260316-060000-cd34")
    store.refresh()
    place = scene.project.layout.runs / "20260316-060000-cd34" / "evidently.html"
    place.parent.mkdir(parents=True)
    place.write_text("<p>spread</p>", encoding="utf-8")
    position = drift_map(store, VIEWER, MODEL).windows[-1].position
    assert make_full_report(store, VIEWER, MODEL, position).state is ReportState.READY
    assert full_report(store, VIEWER, MODEL, position).size == 13
    assert read_full_report(store, VIEWER, MODEL, position) == "<p>spread</p>"


@pytest.mark.parametrize("run", ["../..", "..", "", "a/b", "/etc"])
def test_a_run_that_is_no_name_leads_to_no_file(scene: Scene, store: Store, run: str) -> None:
    """Whoever wrote the event: a report is read from the place of its run alone."""
    look(scene, BEGIN + 7 * DAY, 7, drifted("hour"), run=run)
    store.refresh()
    position = drift_map(store, VIEWER, MODEL).windows[-1].position
    for ask in (full_report, make_full_report, read_full_report):
        with pytest.raises(UnknownNameError):
            ask(store, VIEWER, MODEL, position)
