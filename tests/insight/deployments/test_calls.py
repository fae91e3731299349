"""Requests, errors and latencies by version and caller, from a running service and from the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from tests.insight.deployments.deployed import VIEWER
from tests.insight.deployments.told import Told
from tests.registry.models import MODEL
from tests.serving.replay.answered import Answered
from workbench.clock import ManualClock
from workbench.insight import Store
from workbench.insight.deployments import (
    LoggedCalls,
    ServiceShown,
    counted,
    live_service,
    logged,
    logged_calls,
)
from workbench.insight.deployments.behind import Behind
from workbench.insight.deployments.counted import quantile
from workbench.serving.metrics.answered import Answered as Counted
from workbench.serving.metrics.names import ERRORS

T = TypeVar("T")


def until(read: Callable[[], T], holds: Callable[[T], object]) -> T:
    """Ask again until something holds of what is returned."""
    end = time.monotonic() + 30
    while not holds(found := read()):
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Answered]:
    """A project whose version 1 answered 30 rows and version 2 ten."""
    made = Answered(tmp_path / "shop")
    made.answer(made.first, 30)
    made.answer(made.second, 10, arm="challenger")
    yield made
    made.close()


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path / "counts")
    yield made
    made.end()


def _store(answered: Answered) -> Store:
    made = Store(answered.project, ManualClock(answered.clock.now()), every=0.0, patience=20)
    made.refresh(wait=20)
    return made


def test_the_log_tells_requests_and_latencies_by_version_and_caller(answered: Answered) -> None:
    """Over time, too: every stretch of it has a point, also where nothing was asked."""
    store = _store(answered)
    said = logged_calls(store, VIEWER, MODEL, "hour", wait=30)
    found = said.answered
    assert found is not None
    assert (said.trouble, said.reading, found.note) == ("", False, "")
    assert [(c.version, c.arm, c.caller, c.requests, c.rows) for c in found.lines] == [
        (1, "champion", "tester", 30, 30),
        (2, "challenger", "tester", 10, 10),
    ]
    assert found.lines[0].per_second == pytest.approx(30 / 3600)
    assert found.lines[0].p99 == pytest.approx(7e-6)
    assert found.lines[0].errors is None
    of_one = [moment for moment in found.moments if moment.version == 1]
    assert of_one[-1].per_second == 0
    assert of_one[-1].p50 is None
    step = timedelta(hours=1).total_seconds() / len(of_one)
    assert sum(moment.per_second for moment in of_one) * step == pytest.approx(30)
    store.close()


def test_where_nothing_was_logged_lately_the_last_there_is_is_shown(answered: Answered) -> None:
    """With a word that it is old."""
    answered.clock.advance(timedelta(days=400))
    store = _store(answered)
    found = logged_calls(store, VIEWER, MODEL, "15 minutes", wait=30).answered
    assert found is not None
    assert found.note.startswith("Nothing was logged since")
    assert (found.requests, found.lines[0].version) == (15, 2)
    store.close()


def test_a_model_that_nobody_asked_has_no_calls(tmp_path: Path) -> None:
    """And no trouble."""
    made = Answered(tmp_path / "shop")
    store = _store(made)
    assert logged_calls(store, VIEWER, MODEL, "week", wait=30) == LoggedCalls(None)
    store.close()
    made.close()


def _declare(answered: Answered, address: str) -> None:
    path = answered.project.root / "workbench.toml"
    table = f'\n[models.{MODEL}.monitoring]\nservice = {{ metrics = "{address}" }}\n'
    path.write_text(path.read_text() + table)
    answered.declare("", "")


def test_a_running_service_tells_rates_errors_and_percentiles(
    answered: Answered, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks; it goes away, the page says so, it comes back."""
    monkeypatch.setattr(counted, "_EVERY", 0.05)
    _declare(answered, told.address)
    store = _store(answered)

    def counts(version: int, caller: str) -> Counted:
        labels = {"model": MODEL, "version": str(version), "arm": "champion", "caller": caller}
        return Counted(told.cells, labels)

    def look() -> ServiceShown:
        return live_service(store, VIEWER, MODEL, wait=5)

    mobile, web = counts(1, "mobile"), counts(1, "web")
    mobile.count(1, 0.002)
    until(look, lambda shown: shown.answered)
    for _ in range(100):
        mobile.count(2, 0.0009)
    web.count(1, 0.3)
    failed = {"reason": "internal", "model": MODEL, "version": "1", "caller": "web"}
    told.cells.add(ERRORS.name, failed, 3)
    shown = until(look, lambda shown: shown.answered and shown.answered.requests >= 101)
    assert shown.trouble == ""
    assert shown.answered is not None
    first, second = shown.answered.lines
    assert (first.caller, first.requests, first.rows, first.errors) == ("mobile", 100, 200, 0)
    assert 0.0005 < (first.p50 or 0) <= 0.001
    assert (second.caller, second.requests, second.errors) == ("web", 1, 3)
    assert 0.25 < (second.p99 or 0) <= 0.5
    assert [(f.reason, f.served, f.caller, f.version, f.count) for f in shown.answered.failed] == [
        ("internal", True, "web", "1", 3)
    ]
    told.end()
    gone = until(look, lambda shown: shown.trouble)
    assert "does not answer" in gone.trouble
    assert gone.seen is not None
    told.begin()
    until(look, lambda shown: shown.answered)
    store.close()


def test_a_service_that_nobody_named_is_not_looked_for(answered: Answered) -> None:
    """No address, no request."""
    store = _store(answered)
    assert live_service(store, VIEWER, MODEL) == ServiceShown("")
    store.close()


@pytest.mark.parametrize(
    ("pairs", "q", "expected"),
    [
        ([], 0.5, None),
        ([(0.1, 0.0), (float("inf"), 0.0)], 0.5, None),
        ([(0.1, 10.0), (0.2, 10.0), (float("inf"), 10.0)], 0.5, 0.05),
        ([(0.1, 5.0), (0.2, 10.0), (float("inf"), 10.0)], 0.75, 0.15),
        ([(0.1, 5.0), (0.2, 5.0), (float("inf"), 10.0)], 0.99, 0.2),
    ],
)
def test_quantiles_lie_within_their_bucket(
    pairs: list[tuple[float, float]], q: float, expected: float | None
) -> None:
    """As Prometheus interpolates them."""
    found = quantile(pairs, q)
    assert found == (None if expected is None else pytest.approx(expected))


def test_what_is_made_behind_tells_its_trouble_and_recovers() -> None:
    """What was found before stands meanwhile."""
    broken = threading.Event()

    def make() -> int:
        return 1 // int(not broken.is_set())

    behind = Behind(make, every=0.0)
    assert behind.ask(wait=10) == 1
    broken.set()
    until(lambda: (behind.ask(), behind.trouble), lambda said: said[1])
    assert behind.trouble.startswith("ZeroDivisionError")
    assert behind.found == 1
    broken.clear()
    until(lambda: (behind.ask(), behind.trouble), lambda said: said == (1, ""))


def test_the_spans_that_can_be_asked_for_are_known(answered: Answered) -> None:
    """What somebody typed instead is an hour."""
    store = _store(answered)
    found = logged_calls(store, VIEWER, MODEL, "<b>", wait=30).answered
    assert found is not None
    assert found.until - found.since == logged.SPANS["hour"]
    store.close()
