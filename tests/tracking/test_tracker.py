"""The contract of trackers, kept by each of them and by what is wrapped around them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.tracking.stores import AT, Tracked, attempt_info, forgiving, memory, mlflow, run_info
from workbench.errors import TrackingError
from workbench.tracking import AttemptReport, ForgivingTracker, MlflowTracker, TrackedAttempt


@pytest.fixture(params=["memory", "mlflow", "forgiving memory", "forgiving mlflow"])
def tracked(request: pytest.FixtureRequest, mlflow_tracker: MlflowTracker) -> Tracked:
    inner = mlflow(mlflow_tracker) if "mlflow" in request.param else memory()
    return forgiving(inner) if "forgiving" in request.param else inner


def test_a_run_goes_on_until_it_is_ended(tracked: Tracked) -> None:
    """It has no outcome before, and exactly the word it was ended with after."""
    parent = tracked.tracker.start_run(run_info())
    assert tracked.show(parent).outcome is None
    tracked.tracker.end_run(parent, "rejected", "a gate said no")
    assert tracked.show(parent).outcome == "rejected"


def test_a_resumed_run_is_the_same_run_going_on(tracked: Tracked) -> None:
    """Starting a known run again gives its tracking id and shows it as running."""
    parent = tracked.tracker.start_run(run_info())
    tracked.tracker.end_run(parent, "failed")
    assert tracked.tracker.start_run(run_info()) == parent
    assert tracked.show(parent).outcome is None
    assert tracked.tracker.start_run(run_info("another")) != parent


def test_an_attempt_stands_under_its_run(tracked: Tracked) -> None:
    """Each attempt has an id of its own, its entry's name and its parent."""
    parent = tracked.tracker.start_run(run_info())
    first = tracked.tracker.start_attempt(attempt_info(parent))
    second = tracked.tracker.start_attempt(attempt_info(parent, attempt=2))
    assert first.id != second.id
    assert tracked.show(first.id).parent == tracked.show(second.id).parent == parent
    assert tracked.show(first.id).name == "train"
    assert tracked.show(first.id).outcome is None


def test_a_report_is_shown_whole(tracked: Tracked) -> None:
    """Outcome, parameters and the last value of each metric."""
    parent = tracked.tracker.start_run(run_info())
    attempt = tracked.tracker.start_attempt(attempt_info(parent))
    lines = [
        {"name": "auc", "value": 0.6},
        {"name": "auc", "value": 0.7},
        {"name": "loss", "value": 0.4, "step": 3},
    ]
    report = AttemptReport(
        "succeeded", seconds=2.0, parameters={"rate": 0.05, "kind": "binary"}, metrics=lines
    )
    tracked.tracker.end_attempt(attempt, report)
    shown = tracked.show(attempt.id)
    assert shown.outcome == "succeeded"
    assert shown.parameters == {"rate": "0.05", "kind": "binary"}
    assert shown.metrics == {"auc": 0.7, "loss": 0.4}


def test_telling_an_end_twice_changes_nothing(tracked: Tracked) -> None:
    """A resumed runner may tell again what its predecessor told."""
    parent = tracked.tracker.start_run(run_info())
    attempt = tracked.tracker.start_attempt(attempt_info(parent))
    lines = [{"name": "auc", "value": 0.6, "at": AT.isoformat()}]
    report = AttemptReport("succeeded", parameters={"rate": 1}, metrics=lines)
    tracked.tracker.end_attempt(attempt, report)
    before = tracked.show(attempt.id)
    tracked.tracker.end_attempt(TrackedAttempt(attempt.id, attempt.at), report)
    assert tracked.show(attempt.id) == before


def test_a_kernel_is_told_not_to_phone_home(tracked: Tracked) -> None:
    """Whatever a tracker is, its kernels' environment switches telemetry off."""
    parent = tracked.tracker.start_run(run_info())
    assert tracked.tracker.start_attempt(attempt_info(parent)).env()["DO_NOT_TRACK"] == "1"


def test_attempts_of_several_threads_do_not_mix(tracked: Tracked) -> None:
    """Eight attempts at once each keep their own parameters and outcome."""
    parent = tracked.tracker.start_run(run_info())

    def attempt(number: int) -> str:
        begun = tracked.tracker.start_attempt(attempt_info(parent, f"entry-{number}"))
        tracked.tracker.end_attempt(begun, AttemptReport("succeeded", parameters={"number": number}))
        return begun.id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(attempt, range(8)))
    shown = [tracked.show(tracking_id) for tracking_id in ids]
    assert [(s.name, s.parameters["number"]) for s in shown] == [(f"entry-{n}", str(n)) for n in range(8)]


@pytest.mark.parametrize("what", ["run", "attempt"])
def test_ending_what_was_never_started_is_a_tracking_error(tracked: Tracked, what: str) -> None:
    """An unknown id is refused; the forgiving tracker keeps it as a problem in place of raising it."""
    unknown = "0" * 32
    if isinstance(tracked.tracker, ForgivingTracker):
        tracked.tracker._warn = lambda text: None
        _end(tracked, what, unknown)
        assert len(tracked.tracker.problems) == 1
    else:
        with pytest.raises(TrackingError):
            _end(tracked, what, unknown)


def _end(tracked: Tracked, what: str, tracking_id: str) -> None:
    if what == "run":
        tracked.tracker.end_run(tracking_id, "succeeded")
    else:
        tracked.tracker.end_attempt(TrackedAttempt(tracking_id, AT), AttemptReport("succeeded"))
