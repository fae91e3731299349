"""What people order: to pause, to resume, to make up for days that lie back."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.projects import notebook
from tests.scheduling.conftest import Open
from tests.scheduling.shop import DAY as DAY_CELL
from tests.scheduling.shop import NIGHTLY, Starts, counted, kinds, write_shop
from workbench.clock import ManualClock
from workbench.errors import UnknownNameError, UsageError
from workbench.pipeline.outcome import Outcome
from workbench.scheduling import Scheduler
from workbench.scheduling.history import Histories
from workbench.scheduling.orders import backfill, pause, resume
from workbench.workspace import open_workspace

DAY = timedelta(days=1)
TRIGGER = '[triggers.daily]\non = "time"\nevery = "1d"\npipeline = "main"\n'
FIRST = date(2013, 1, 1)


@pytest.mark.parametrize(("toml", "name"), [(NIGHTLY, "nightly"), (TRIGGER, "daily")])
def test_what_is_paused_stands_still_until_it_is_resumed(
    shop: Open, clock: ManualClock, toml: str, name: str
) -> None:
    """By whom and why is in the ledger; the times meanwhile are not made up for."""
    workspace = shop(toml)
    starts = Starts(workspace)
    starts.tick()
    assert pause(workspace, name, "holidays")
    assert not pause(workspace, name)
    clock.advance(4 * DAY)
    assert starts.tick() == []
    assert resume(workspace, name)
    assert not resume(workspace, name)
    if toml == NIGHTLY:
        assert starts.tick() == []
    clock.advance(DAY)
    assert len(starts.tick()) == 1
    (paused,) = workspace.ledger.find(kinds=("schedule.paused", "trigger.paused"))
    assert paused.data["reason"] == "holidays"
    assert "workbench schedule" not in paused.actor


def test_orders_for_what_is_not_there_are_refused(shop: Open) -> None:
    """The nearest name is told; what the file pauses, only the file resumes."""
    workspace = shop(f"{NIGHTLY}paused = true\n{TRIGGER}")
    with pytest.raises(UnknownNameError, match="nightly"):
        pause(workspace, "nightyl")
    with pytest.raises(UnknownNameError):
        backfill(workspace, "daily", FIRST, FIRST)
    with pytest.raises(UsageError, match=r"workbench\.toml says so"):
        resume(workspace, "nightly")


def test_a_backfill_runs_each_day_that_never_ran(shop: Open, clock: ManualClock) -> None:
    """With the parameters of its day, in order, and not again what had run or is in the future."""
    parameters = 'parameters = { count.day = "{due}" }\ncatch_up = "latest"\n'
    workspace = shop(f"{NIGHTLY}{parameters}")
    scheduler = Scheduler(workspace)
    scheduler.tick()
    clock.advance(3 * DAY)
    scheduler.tick()
    found = backfill(workspace, "nightly", FIRST, date(2013, 1, 31))
    assert [due.day for due in found.done] == [3]
    started = scheduler.perform(found.claims)
    assert [each.done.outcome for each in started if each.done] == ["succeeded", "succeeded"]
    assert counted(workspace.project.root) == [f"2013-01-0{day} first" for day in (3, 1, 2)]
    assert started[0].claim.reason == "backfill of schedule nightly, due 2013-01-01 03:00 UTC"
    assert backfill(workspace, "nightly", FIRST, date(2013, 1, 31)).claims == ()
    assert kinds(workspace, "schedule/nightly").count("schedule.backfilled") == 1


def test_a_backfill_that_was_left_undone_is_done_by_the_next_tick(shop: Open, clock: ManualClock) -> None:
    """And it does not make a schedule think that later times were considered."""
    workspace = shop(NIGHTLY)
    starts = Starts(workspace)
    starts.tick()
    clock.advance(2 * DAY)
    claims = backfill(workspace, "nightly", FIRST, date(2013, 1, 2)).claims
    assert len(claims) == 2
    (first,) = starts.tick()
    starts.run_through(first)
    (second,) = starts.tick()
    starts.run_through(second)
    assert [first, second] == list(claims)
    clock.advance(DAY)
    assert [claim.due.day for claim in starts.tick()] == [3]


def test_what_would_be_backfilled_can_be_asked(shop: Open, clock: ManualClock) -> None:
    """Nothing is claimed by asking; days are those of the schedule's zone."""
    workspace = shop(NIGHTLY.replace("0 3", "0 22") + 'timezone = "America/New_York"\n')
    clock.advance(3 * DAY)
    found = backfill(workspace, "nightly", FIRST, FIRST, dry_run=True)
    assert [due.isoformat() for due in found.dues] == ["2013-01-02T03:00:00+00:00"]
    assert kinds(workspace, "schedule/nightly") == []


@pytest.mark.parametrize(("first", "last"), [(2, 1), (20, 21)])
def test_a_range_without_days_is_refused(shop: Open, clock: ManualClock, first: int, last: int) -> None:
    """An end before the beginning, and days to come."""
    clock.advance(5 * DAY)
    with pytest.raises(UsageError, match="Nothing lies between"):
        backfill(shop(NIGHTLY), "nightly", date(2013, 1, first), date(2013, 1, last))


@pytest.mark.parametrize("days", [(date(213, 1, 1), date(2013, 1, 2)), (date(1, 1, 1), date(9999, 12, 31))])
def test_a_year_that_was_mistyped_claims_nothing(
    shop: Open, clock: ManualClock, days: tuple[date, date]
) -> None:
    """It would be a run for each day of centuries."""
    clock.advance(5 * DAY)
    workspace = shop(NIGHTLY)
    with pytest.raises(UsageError, match="no days before 1970"):
        backfill(workspace, "nightly", *days)
    assert kinds(workspace, "schedule/nightly") == []


def test_the_last_day_may_be_any(shop: Open, clock: ManualClock) -> None:
    """Also the calendar's own."""
    clock.advance(2 * DAY)
    found = backfill(shop(NIGHTLY), "nightly", FIRST, date.max, dry_run=True)
    assert [due.day for due in found.dues] == [1, 2]


def test_whoever_stops_a_run_stops_those_behind_it(tmp_path: Path, clock: ManualClock) -> None:
    """One Ctrl-C is enough; the run's end is recorded, and the others are begun by whoever ticks next."""
    stop = f"import os, signal, time\nos.kill({os.getpid()}, signal.SIGTERM)\ntime.sleep(600)"
    content = notebook("import workbench as wb\nstage = wb.stage('count')", stop, parameters=DAY_CELL)
    root = write_shop(tmp_path / "shop", NIGHTLY, notebook=content)
    clock.advance(3 * DAY)
    with open_workspace(root, clock=clock) as workspace:
        claims = backfill(workspace, "nightly", FIRST, date(2013, 1, 3)).claims
        with pytest.raises(KeyboardInterrupt):
            Scheduler(workspace).perform(claims)
        assert [state.outcome for state in workspace.runs()] == [Outcome.INTERRUPTED]
        assert kinds(workspace, "schedule/nightly").count("schedule.ended") == 1
        open_claims = Histories(workspace.ledger).of("schedule", "nightly").open
        assert [claim.due.day for claim in open_claims] == [2, 3]
