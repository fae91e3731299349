"""A schedule looks at a model, an alert fires, a trigger starts its pipeline: in one tick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.monitoring.windows.watched import START, WEEK, Watched, flights, reference_of
from tests.scheduling.shop import until
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.scheduling import Scheduler
from workbench.scheduling.crew import Crew
from workbench.workspace import Workspace

HOUR = timedelta(hours=1)
LOOP = """
[models.delay.challenge]

[alerts.drifted]
model = "delay"
on = ["drift"]

[schedules.watch]
cron = "30 6 * * *"
monitor = "delay"

[schedules.judge]
cron = "45 6 * * *"
judge = "delay"

[pipelines.again]
stages = ["train"]

[triggers.retrain]
on = "alert"
model = "delay"
pipeline = "again"
"""


@pytest.fixture
def drifted(tmp_path: Path) -> Iterator[Watched]:
    """A project whose week has drifted from what its version was trained on."""
    watched = Watched(tmp_path / "shop", more=LOOP)
    watched.ledger = open_ledger(watched.project.layout.ledger_url, watched.clock)
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(1500, 2, shift=0.5), START)
    yield watched
    watched.close()
    watched.ledger.close()


def test_one_tick_watches_judges_and_retrains(drifted: Watched) -> None:
    """Each is recorded with what came of it; the runs have the ids that were decided, and say why."""
    with Workspace(drifted.project, drifted.clock) as workspace:
        scheduler = Scheduler(workspace)
        scheduler.tick()
        drifted.clock.advance(HOUR)
        watched, judged, retrained = scheduler.tick()
        assert scheduler.tick() == []
        (window,) = workspace.ledger.find(kinds=("window.judged",))
        because = {state.run: state.because for state in workspace.runs()}
    assert [each.claim.name for each in (watched, judged, retrained)] == ["watch", "judge", "retrain"]
    assert watched.done is not None
    assert (watched.done.outcome, watched.done.reason) == ("succeeded", "the window: fail")
    assert window.data["run"] == watched.claim.run
    assert window.data["report"]["until"] == (START + WEEK).isoformat()
    assert judged.done is not None
    assert (judged.done.outcome, judged.done.reason) == ("succeeded", "nobody challenges")
    assert because == {
        watched.claim.run: "schedule watch, due 2013-03-11 06:30 UTC",
        retrained.claim.run: "trigger retrain: alert drifted-1 of delay",
    }


def test_a_look_that_died_is_taken_again(drifted: Watched) -> None:
    """Its run began and nobody knows what came of it: whoever ticks next looks anew, in another run."""
    with Workspace(drifted.project, drifted.clock) as workspace:
        Scheduler(workspace).tick()
        drifted.clock.advance(HOUR)
        Scheduler(workspace, start=lambda _: True).tick()
        claim = workspace.ledger.find(kinds=("schedule.claimed",), subject="watch")[0].data
        begun = {"run": claim["run"], "pipeline": "stage monitor", "reason": "", "request": {}, "git": {}}
        event = NewEvent("run.started", {**begun, "entries": []}, "stage monitor")
        workspace.ledger.append(Append(f"run/{claim['run']}", 0, (event,)))
        started = Scheduler(workspace).tick()
        assert started[0].done is not None
        assert started[0].done.outcome == "succeeded"
        (window,) = workspace.ledger.find(kinds=("window.judged",))
        assert window.data["run"] != claim["run"]


def test_a_look_is_taken_in_a_process_of_its_own(drifted: Watched) -> None:
    """As the daemon does it."""
    with Workspace(drifted.project, drifted.clock) as workspace:
        crew = Crew(workspace.leases)
        scheduler = Scheduler(workspace, start=lambda claim: crew.start(workspace.project, claim))
        scheduler.tick()
        drifted.clock.advance(HOUR)
        assert {started.claim.name for started in scheduler.tick()} == {"watch", "judge"}
        assert [until(crew.settle)[0].code for _ in range(2)] == [0, 0]
        ended = workspace.ledger.find(kinds=("schedule.ended",))
        assert {event.subject: event.data["outcome"] for event in ended} == {
            "watch": "succeeded",
            "judge": "succeeded",
        }
