"""What makes a trigger start its pipeline, and what holds it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scheduling.conftest import Open
from tests.scheduling.shop import Starts, kinds
from workbench.clock import ManualClock
from workbench.ledger import Append, NewEvent
from workbench.scheduling import Scheduler
from workbench.serving.log import LogPlace, Spool, encode_label
from workbench.workspace import Workspace

DAY = timedelta(days=1)
ALERTS = """
[alerts.drift]
model = "churn"
on = ["drift"]
[alerts.worse]
model = "churn"
on = ["performance"]
"""
RETRAIN = f"""{ALERTS}
[triggers.retrain]
on = "alert"
model = "churn"
pipeline = "main"
parameters = {{ count.day = "{{today - 1d}}" }}
"""


def test_an_alert_that_fires_starts_the_pipeline(shop: Open, clock: ManualClock) -> None:
    """Once, with the days of its time zone, and the run says which alert it was."""
    workspace = shop(f'{RETRAIN}timezone = "America/New_York"\n')
    starts = Starts(workspace)
    assert starts.tick() == []
    _alert(workspace, "alert.fired", "drift-1")
    (claim,) = starts.tick()
    assert claim.reason == "trigger retrain: alert drift-1 of churn"
    assert claim.parameters == {"count": {"day": "2012-12-30"}}
    starts.run_through(claim)
    assert starts.tick() == []
    (fired,) = workspace.ledger.find(kinds=("trigger.fired",))
    assert (fired.data["run"], fired.data["pipeline"]) == (claim.run, "main")
    assert fired.data["cause"] == {"alerts": ["drift-1"], "model": "churn"}
    assert kinds(workspace, "trigger/retrain") == ["trigger.declared", "trigger.fired", "trigger.ended"]


def test_an_alert_that_goes_on_firing_is_a_cause_again(shop: Open) -> None:
    """The first run may have been refused; nobody may forget the alert."""
    workspace = shop(RETRAIN)
    starts = Starts(workspace)
    starts.tick()
    _alert(workspace, "alert.fired", "drift-1")
    starts.run_through(starts.tick()[0])
    assert starts.tick() == []
    _alert(workspace, "alert.notified", "drift-1")
    assert starts.tick() == []
    _alert(workspace, "alert.repeated", "drift-1")
    assert len(starts.tick()) == 1


def test_alerts_that_do_not_count_start_nothing(shop: Open) -> None:
    """Those from before, those of other rules and models, and those that are resolved."""
    workspace = shop(f'{RETRAIN}alerts = ["drift"]\n')
    _alert(workspace, "alert.fired", "drift-1")
    starts = Starts(workspace)
    starts.tick()
    _alert(workspace, "alert.fired", "worse-1")
    _alert(workspace, "alert.fired", "drift-2", model="churn2")
    _alert(workspace, "alert.fired", "drift-3")
    _alert(workspace, "alert.resolved", "drift-3")
    assert starts.tick() == []
    _alert(workspace, "alert.fired", "drift-4")
    assert len(starts.tick()) == 1


def test_a_cooldown_holds_a_trigger_and_is_recorded_once(shop: Open, clock: ManualClock) -> None:
    """When it is over the trigger starts, for its alert still fires."""
    workspace = shop(f'{RETRAIN}cooldown = "7d"\n')
    starts = Starts(workspace)
    starts.tick()
    _alert(workspace, "alert.fired", "drift-1")
    starts.run_through(starts.tick()[0])
    _alert(workspace, "alert.fired", "worse-1")
    for _ in range(6):
        clock.advance(DAY)
        assert starts.tick() == []
    (held,) = workspace.ledger.find(kinds=("trigger.held",))
    assert (held.data["because"], held.data["cause"]) == ("cooldown", "worse-1")
    clock.advance(DAY)
    (claim,) = starts.tick()
    assert claim.reason == "trigger retrain: alert worse-1 of churn"


def test_a_cause_that_is_gone_when_the_cooldown_is_over_starts_nothing(
    shop: Open, clock: ManualClock
) -> None:
    """The alert was resolved meanwhile."""
    workspace = shop(f'{RETRAIN}cooldown = "7d"\n')
    starts = Starts(workspace)
    starts.tick()
    _alert(workspace, "alert.fired", "drift-1")
    starts.run_through(starts.tick()[0])
    _alert(workspace, "alert.fired", "worse-1")
    starts.tick()
    _alert(workspace, "alert.resolved", "worse-1")
    clock.advance(8 * DAY)
    assert starts.tick() == []


def test_a_budget_holds_a_trigger_until_an_old_start_no_longer_counts(shop: Open, clock: ManualClock) -> None:
    """Two in ten days: the third waits for the eleventh."""
    workspace = shop(f'{RETRAIN}budget = 2\nbudget_time = "10d"\n')
    starts = Starts(workspace)
    starts.tick()
    began = clock.now()
    for number in range(3):
        _alert(workspace, "alert.fired", f"drift-{number}")
        for claim in starts.tick():
            starts.run_through(claim)
        clock.advance(DAY)
    assert [event.data["because"] for event in workspace.ledger.find(kinds=("trigger.held",))] == ["budget"]
    while not (started := starts.tick()):
        clock.advance(DAY)
    assert clock.now() - began == 10 * DAY
    assert started[0].reason == "trigger retrain: alert drift-2 of churn"


def test_a_trigger_waits_for_the_run_that_it_has_started(shop: Open) -> None:
    """A second alert meanwhile is a cause afterwards."""
    workspace = shop(RETRAIN)
    starts = Starts(workspace)
    starts.tick()
    _alert(workspace, "alert.fired", "drift-1")
    (first,) = starts.tick()
    _alert(workspace, "alert.fired", "worse-1")
    assert starts.tick() == []
    starts.run_through(first)
    (second,) = starts.tick()
    assert second.reason.endswith("alert worse-1 of churn")


def test_a_new_version_starts_the_pipeline_but_not_its_own(shop: Open) -> None:
    """A trigger whose pipeline writes the dataset does not run for ever; the same content is not new."""
    workspace = shop('[triggers.fresh]\non = "data"\ndataset = "counted"\npipeline = "main"\n')
    scheduler = Scheduler(workspace)
    scheduler.tick()
    workspace.run(overrides={"count": {"code": "by hand"}})
    (started,) = scheduler.tick()
    assert started.claim.reason == "trigger fresh: new counted"
    assert scheduler.tick() == []
    workspace.run(overrides={"count": {"code": "again"}})  # the day alone is saved, so that is no new content
    assert scheduler.tick() == []
    workspace.run(overrides={"count": {"day": "2013-02-01"}})
    assert len(scheduler.tick()) == 1


@pytest.mark.parametrize(("accepted", "fires"), [(2, False), (3, True)])
def test_so_many_labels_start_the_pipeline(
    shop: Open, clock: ManualClock, accepted: int, fires: bool
) -> None:
    """Counted since the trigger was first looked at, or fired last, in the prediction log itself."""
    toml = '[triggers.learned]\non = "labels"\nmodel = "churn"\nlabels = 3\npipeline = "main"\n'
    workspace = shop(toml)
    _labels(workspace.project.layout.state, clock, 5)
    clock.advance(DAY)
    starts = Starts(workspace)
    starts.tick()
    clock.advance(DAY)
    _labels(workspace.project.layout.state, clock, accepted)
    found = starts.tick()
    assert len(found) == fires
    for claim in found:
        assert claim.reason.startswith("trigger learned: 3 labels of churn since 2013-01-02")
        starts.run_through(claim)
    clock.advance(DAY)
    assert starts.tick() == []


def test_time_starts_the_pipeline(shop: Open, clock: ManualClock) -> None:
    """Counted from the last start, whenever that was."""
    workspace = shop('[triggers.monthly]\non = "time"\nevery = "30d"\npipeline = "main"\n')
    starts = Starts(workspace)
    started = []
    for _ in range(95):
        for claim in starts.tick():
            started.append((clock.now() - claim.due, claim.due))
            starts.run_through(claim)
        clock.advance(DAY)
    assert [due.timetuple().tm_yday for _, due in started] == [31, 61, 91]


def _alert(workspace: Workspace, kind: str, alert: str, model: str = "churn") -> None:
    stream = f"alert/{model}"
    data: dict[str, Any] = {"alert": alert, "rule": alert.partition("-")[0], "model": model}
    workspace.ledger.append(Append(stream, workspace.ledger.version(stream), (NewEvent(kind, data, model),)))


def _labels(state: Path, clock: ManualClock, count: int) -> None:
    spool = Spool(LogPlace(state).spool)
    for number in range(count):
        spool.append(encode_label("churn", 1, received=clock.now(), entity=f"{clock.now()}-{number}"))
    spool.close()
