"""The monitor stage in runs of its own, as a schedule starts it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.monitoring.windows.watched import START, WEEK, Watched, flights, one, reference_of
from tests.projects import notebook, write_notebook
from workbench.errors import UnknownNameError, UsageError
from workbench.ledger import open_ledger
from workbench.monitoring.evidently_report import Wanted, write_report
from workbench.monitoring.finding import DRIFT, QUALITY
from workbench.monitoring.page import picture
from workbench.monitoring.stage import monitor
from workbench.monitoring.watch import last_report, watch
from workbench.pipeline.outcome import Outcome
from workbench.registry.verdict import Verdict
from workbench.workspace import Workspace

ALERTS = '[alerts.drifted]\nmodel = "delay"\non = ["drift"]\n'


@pytest.fixture
def shop(make: Callable[..., Watched]) -> Watched:
    """A project whose ledger is a file, with a version that has a reference."""
    watched = make(more=ALERTS)
    watched.ledger = open_ledger(watched.project.layout.ledger_url, watched.clock)
    watched.version(reference_of(flights(3000, 1)))
    return watched


@pytest.fixture
def workspace(shop: Watched) -> Iterator[Workspace]:
    """The same project, opened."""
    with Workspace(shop.project, shop.clock) as opened:
        yield opened


def test_a_drifted_week_is_kept_and_fires_and_the_next_one_resolves(
    shop: Watched, workspace: Workspace
) -> None:
    shop.answer(flights(1500, 2, shift=0.5), START)
    first = watch(workspace, "delay", page=False)
    assert first.run.outcome is Outcome.SUCCEEDED
    assert first.report is not None
    assert (first.report.since, first.report.until) == (START, START + WEEK)
    assert one(first.report, DRIFT, "distance").verdict is Verdict.FAIL
    assert [(change.what, change.alert.rule) for change in first.changes] == [("fired", "drifted")]
    assert Path(first.changes[0].alert.cause["notebook"]).name == "notebook.ipynb"
    assert first.run.entries["monitor"].metrics["drifted"] == 1
    kept = last_report(workspace, "delay")
    assert kept is not None
    assert kept.to_dict() == first.report.to_dict()

    shop.answer(flights(1500, 3), START + WEEK, entity=lambda row: f"second{row}")
    shop.clock.advance(WEEK)
    second = watch(workspace, "delay", page=False)
    assert second.report is not None
    assert one(second.report, DRIFT, "distance").verdict is Verdict.PASS
    assert [change.what for change in second.changes] == ["resolved"]


def test_no_traffic_is_a_report_and_no_failure(shop: Watched, workspace: Workspace) -> None:
    found = watch(workspace, "delay", since=START, until=START + timedelta(days=1), page=False)
    assert found.run.outcome is Outcome.SUCCEEDED
    assert found.report is not None
    assert found.report.verdict() is Verdict.INCONCLUSIVE
    assert found.changes == ()
    assert json.loads(json.dumps(found.to_dict()))["outcome"] == "succeeded"


def test_a_stage_that_fails_is_told_and_one_that_says_nothing_is_refused(
    shop: Watched, workspace: Workspace
) -> None:
    path = shop.root / "notebooks" / "monitor.ipynb"
    parameters = "from datetime import datetime\nmodel: str = 'delay'\nsince: datetime | None = None\n"
    parameters += "until: datetime | None = None"
    write_notebook(path, notebook("1 / 0", parameters=parameters))
    failed = watch(workspace, "delay")
    assert failed.run.outcome is Outcome.FAILED
    assert failed.report is None
    said = ["import workbench as wb\nstage = wb.stage('monitor')", "stage.save('monitoring', {})"]
    write_notebook(path, notebook(*said, parameters=parameters))
    with pytest.raises(UsageError, match="told nothing of 'delay'"):
        watch(workspace, "delay")


def test_an_alert_that_fires_brings_its_page_without_anybody_waiting(
    shop: Watched, workspace: Workspace
) -> None:
    """Without a version's reference there is no page to draw; why is said in its place, and quickly."""
    shop.version(None)
    shop.answer(flights(600, 2), START, version=2)
    shop.project.config.alerts["drifted"].__dict__["inconclusive"] = True
    found = watch(workspace, "delay")
    assert [change.what for change in found.changes] == ["fired"]
    assert found.page is not None
    for thread in threading.enumerate():
        if thread.name == "evidently":
            thread.join()
    assert not found.page.exists()
    assert "no reference" in found.page.with_suffix(".txt").read_text(encoding="utf-8")


def test_a_person_sees_a_window_without_keeping_it(shop: Watched, workspace: Workspace) -> None:
    shop.answer(flights(900, 2), START)
    stage = workspace.stage("monitor")
    report = monitor(stage, model="delay", since=START, until=START + WEEK)
    assert report.rows == 900
    assert last_report(workspace, "delay") is None
    stage.log_figure(picture(report), "window")
    assert (stage.folder / "figures" / "window.png").stat().st_size > 10_000


def test_what_is_not_declared_is_named(workspace: Workspace, make: Callable[..., Watched]) -> None:
    with pytest.raises(UnknownNameError, match="delya"):
        watch(workspace, "delya")
    other = make(monitoring="stage = 'train'")
    object.__setattr__(other.project.model("delay").monitoring, "stage", "watching")
    with Workspace(other.project, other.clock) as opened, pytest.raises(UsageError, match="watching"):
        watch(opened, "delay")


def test_evidently_draws_a_window_whatever_its_types(shop: Watched, tmp_path: Path) -> None:
    frame = flights(600, 2).assign(hour=lambda rows: rows["hour"].where(rows["hour"] != 9, None))
    shop.answer(frame.assign(carrier=frame["carrier"].where(frame.index % 5 > 0, None)), START)
    page = tmp_path / "page.html"
    write_report(Wanted(shop.root, "delay", START, START + WEEK, 1, page))
    content = page.read_text(encoding="utf-8")
    assert "distance" in content
    assert len(content) > 100_000


@pytest.mark.parametrize(("reference", "why"), [(None, "no reference"), (1, "Nothing was logged")])
def test_evidently_says_what_it_lacks(shop: Watched, tmp_path: Path, reference: int | None, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        write_report(Wanted(shop.root, "delay", START, START + WEEK, reference, tmp_path / "page.html"))


def test_a_report_shows_itself_without_what_callers_sent(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(900, 2)
    odd = "<script>alert(1)</script>"
    watched.answer(frame.assign(carrier=frame["carrier"].where(frame.index > 30, odd)), START)
    report = watched.look()
    assert odd in one(report, QUALITY, "carrier unseen").note
    shown = report._repr_html_()
    assert odd not in shown
    assert "carrier unseen" in shown
