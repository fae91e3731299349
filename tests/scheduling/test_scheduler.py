"""What is due is claimed once and started once, whoever ticks."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.scheduling.conftest import Open
from tests.scheduling.shop import NIGHTLY, Starts, counted, kinds
from workbench.clock import ManualClock
from workbench.pipeline.outcome import Outcome
from workbench.scheduling import Scheduler
from workbench.workspace import open_workspace

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_due_pipeline_runs_with_its_days_and_says_why(shop: Open, clock: ManualClock) -> None:
    """Once; its parameters hold the due day, and its run tells which schedule wanted it, and who did it."""
    parameters = 'parameters = { count.day = "{due - 1d}", count.code = "nightly" }\n'
    workspace = shop(f'{NIGHTLY}timezone = "America/New_York"\n{parameters}')
    scheduler = Scheduler(workspace)
    assert scheduler.tick() == []
    clock.advance(8 * HOUR)  # three o'clock in New York
    (started,) = scheduler.tick()
    assert started.done is not None
    assert (started.done.outcome, scheduler.tick()) == ("succeeded", [])
    assert counted(workspace.project.root) == ["2012-12-31 nightly"]
    shown = workspace.show(started.claim.run)
    assert shown.because == "schedule nightly, due 2013-01-01 03:00 EST"
    assert shown.to_dict()["because"] == shown.because
    assert shown.actor.startswith("workbench schedule via ")
    assert kinds(workspace, "schedule/nightly") == [
        "schedule.declared",
        "schedule.claimed",
        "schedule.ended",
    ]


def test_a_pipelines_own_schedule_counts(shop: Open, clock: ManualClock) -> None:
    """It is a schedule of the pipeline's name, by UTC."""
    workspace = shop()
    path = workspace.project.root / "workbench.toml"
    text = path.read_text(encoding="utf-8").replace(
        "default = true", "default = true\nschedule = '0 3 * * *'"
    )
    path.write_text(text, encoding="utf-8")
    with open_workspace(workspace.project.root, clock=clock) as again:
        starts = Starts(again)
        starts.tick()
        clock.advance(3 * HOUR)
        (claim,) = starts.tick()
    assert (claim.name, claim.target, claim.due.hour) == ("main", "main", 3)


def test_nothing_before_the_first_tick_is_due(shop: Open, clock: ManualClock) -> None:
    """A schedule begins when somebody first looks at it; what is due at that very moment counts."""
    clock.advance(3 * HOUR)
    starts = Starts(shop(NIGHTLY))
    assert [claim.due.day for claim in starts.tick()] == [1]
    clock.advance(timedelta(hours=23))
    assert starts.tick() == []


def test_a_claim_whose_run_never_began_is_started_by_the_next(shop: Open, clock: ManualClock) -> None:
    """The one who claimed it died: somebody else starts the same run, and only once."""
    workspace = shop(NIGHTLY)
    dying = Starts(workspace)
    dying.tick()
    clock.advance(3 * HOUR)
    (claim,) = dying.tick()
    (started,) = Scheduler(workspace).tick()
    assert started.claim == claim
    assert workspace.show(claim.run).outcome is not None
    assert len(counted(workspace.project.root)) == 1
    assert Scheduler(workspace).tick() == []
    assert len(workspace.runs()) == 1


def test_the_end_of_a_run_is_recorded_by_whoever_ticks(shop: Open, clock: ManualClock) -> None:
    """Also when the process that ran it died before it could say so."""
    workspace = shop(NIGHTLY)
    starts = Starts(workspace)
    starts.tick()
    clock.advance(3 * HOUR)
    (claim,) = starts.tick()
    starts.run_through(claim, "failed")
    assert starts.tick() == []
    (ended,) = workspace.ledger.find(kinds=("schedule.ended",))
    assert (ended.data["run"], ended.data["outcome"], ended.actor) == (
        claim.run,
        "failed",
        "workbench schedule",
    )


def test_a_run_whose_process_died_is_lost_and_not_started_again(shop: Open, clock: ManualClock) -> None:
    """It began once; a person may go on with it by `workbench resume`."""
    workspace = shop(NIGHTLY)
    starts = Starts(workspace)
    starts.tick()
    clock.advance(3 * HOUR)
    (claim,) = starts.tick()
    starts.run_through(claim, "")
    assert starts.tick() == []
    (ended,) = workspace.ledger.find(kinds=("schedule.ended",))
    assert ended.data["outcome"] == "lost"
    assert workspace.show(claim.run).outcome is Outcome.LOST


def test_schedulers_that_tick_together_claim_a_time_once(shop: Open, clock: ManualClock) -> None:
    """Eight of them, ten times: one claim for each time, and one run for each claim."""
    workspace = shop(NIGHTLY)
    root = workspace.project.root
    Starts(workspace).tick()
    for _ in range(10):
        clock.advance(DAY)
        _together(8, lambda: _tick(root, clock))
    events = workspace.ledger.find(kinds=("schedule.claimed",))
    assert [event.key for event in events] == [f"2013-01-{day:02}T03:00:00+00:00" for day in range(1, 11)]
    assert len({event.data["run"] for event in events}) == 10


def test_missed_times_are_counted_and_told(shop: Open, clock: ManualClock) -> None:
    """Five nights away: the last is done late and says so, the others are recorded as missed."""
    workspace = shop(NIGHTLY)
    starts = Starts(workspace)
    starts.tick()
    clock.advance(5 * DAY)
    (claim,) = starts.tick()
    assert claim.reason == "schedule nightly, due 2013-01-05 03:00 UTC, caught up 21h late"
    (missed,) = workspace.ledger.find(kinds=("schedule.missed",))
    assert missed.data["count"] == 4
    assert missed.data["last"] == "2013-01-04T03:00:00+00:00"


def test_due_times_of_one_pipeline_wait_for_one_another(shop: Open, clock: ManualClock) -> None:
    """The oldest first, and the next one when it has ended."""
    starts = Starts(shop(f'{NIGHTLY}catch_up = "all"\n'))
    starts.tick()
    clock.advance(2 * DAY)
    (first,) = starts.tick()
    assert first.due.day == 1
    starts.run_through(first)
    (second,) = starts.tick()
    assert second.due.day == 2


def test_a_changed_schedule_counts_from_the_change(shop: Open, clock: ManualClock) -> None:
    """What would have been due under the new cron text before it was written is not missed."""
    Starts(shop(NIGHTLY)).tick()
    clock.advance(2 * HOUR)
    workspace = shop(NIGHTLY.replace("0 3", "0 *"))
    starts = Starts(workspace)
    assert [claim.due.hour for claim in starts.tick()] == [2]
    assert "schedule.missed" not in kinds(workspace, "schedule/nightly")


def test_a_schedule_that_is_paused_in_the_file_does_nothing(shop: Open, clock: ManualClock) -> None:
    """And what was due meanwhile is not made up for when it goes on."""
    Starts(shop(NIGHTLY)).tick()
    paused = Starts(shop(f"{NIGHTLY}paused = true\n"))
    paused.tick()
    clock.advance(3 * DAY)
    assert paused.tick() == []
    going = Starts(shop(NIGHTLY))
    assert going.tick() == []
    clock.advance(DAY)
    assert [claim.due.day for claim in going.tick()] == [4]


def test_a_busy_pipeline_is_waited_for(shop: Open, clock: ManualClock) -> None:
    """A person runs it just now: the claim stays, and is started when they have done."""
    workspace = shop(NIGHTLY)
    scheduler = Scheduler(workspace)
    scheduler.tick()
    clock.advance(3 * HOUR)
    with workspace.leases.acquire("pipeline/main", "a person's run", HOUR):
        assert scheduler.tick() == []
    assert kinds(workspace, "schedule/nightly")[-1] == "schedule.claimed"
    (started,) = scheduler.tick()
    assert started.done is not None
    assert started.done.outcome == "succeeded"


def test_wrong_parameters_end_a_claim_as_failed(shop: Open, clock: ManualClock) -> None:
    """No run begins; the record says why, and it is not tried again."""
    workspace = shop(f"{NIGHTLY}parameters = {{ count.dya = 1 }}\n")
    scheduler = Scheduler(workspace)
    scheduler.tick()
    clock.advance(3 * HOUR)
    (started,) = scheduler.tick()
    assert started.done is not None
    assert started.done.outcome == "failed"
    assert "dya" in started.done.reason
    assert scheduler.tick() == []
    assert workspace.runs() == []


def _tick(root: Any, clock: ManualClock) -> None:
    with open_workspace(root, clock=clock) as workspace:
        Scheduler(workspace, start=lambda _: True).tick()


def _together(count: int, work: Any) -> None:
    barrier = threading.Barrier(count)
    failures: list[BaseException] = []

    def one() -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_clock_of_a_claim_is_the_projects() -> None:
    """The due day of a time near midnight is that of the schedule's zone."""
    from workbench.scheduling.due import day_of

    assert day_of(datetime(2013, 1, 2, 3, tzinfo=UTC), "America/New_York").day == 1
