"""The store: what the ledger tells, followed, and kept while the ledger is away."""

from __future__ import annotations

import gc
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.insight.scene import RUN, Scene
from tests.registry.models import MODEL
from workbench.insight import Store
from workbench.pipeline.outcome import Outcome
from workbench.registry.verdict import Verdict


def test_it_tells_of_runs_models_windows_and_alerts(store: Store) -> None:
    """Everything that the ledger told, in brief."""
    (run,) = store.runs()
    assert (run.id, run.outcome, run.seconds) == (RUN, Outcome.SUCCEEDED, 13.0)
    assert run.metrics == {"train/auc": 0.75}
    assert run.parameters == {"train.trees": "many"}
    assert run.stages["train"].peak_memory_bytes == 2 * 10**8
    model = store.model(MODEL)
    assert (model.champion, model.challenger, model.share) == (1, 2, 0.25)
    assert [wish.number for wish in model.pending] == [1]
    (window,) = store.windows(MODEL)
    assert window.verdicts["drift"] is Verdict.FAIL
    assert [check.name for check in window.of("drift")] == ["carrier", "distance"]
    assert [alert.id for alert in store.alerts()] == ["drift-1"]
    assert store.alerts("another") == ()
    assert store.trouble is None


def test_a_windows_whole_report_is_read_when_it_is_asked_for(store: Store) -> None:
    """It equals what was written, evidence and all."""
    (window,) = store.windows(MODEL)
    report = store.report(window)
    assert report.rows == window.rows
    assert [check.name for check in report.checks] == [check.name for check in window.checks]


def test_it_follows_the_ledgers_tail_and_says_what_changed(scene: Scene, store: Store) -> None:
    """A new event makes another version; what is not concerned stays the same object."""
    before, runs, models = store.version, store.runs(), store.models()
    assert store.refresh() == before
    scene.propose(2, 2)
    assert store.refresh() != before
    assert [wish.number for wish in store.model(MODEL).pending] == [1, 2]
    assert store.runs() is runs
    assert [wish.number for wish in models[0].pending] == [1]


def test_catching_up_sees_what_was_written_before(scene: Scene, store: Store) -> None:
    """Also at once after a look, which `refresh` would leave it at, and while another look is under way."""
    for number in range(10, 40):
        store.refresh(wait=0)
        scene.version(number)
        store.catch_up(wait=10)
        assert number in store.model(MODEL).versions


def test_catching_up_waits_no_longer_than_it_may(scene: Scene, store: Store) -> None:
    """A ledger that nobody gets at is seen later."""
    with _locked(scene):
        began = time.monotonic()
        store.catch_up(wait=0.1)
        assert time.monotonic() - began < 2


def test_events_that_are_not_understood_are_counted_and_passed_over(scene: Scene, store: Store) -> None:
    """One of them stops nothing."""
    scene.write(f"monitoring/{MODEL}", "window.judged", {"report": 7})
    scene.propose(2, 2)
    store.refresh()
    assert store.unread == 1
    assert len(store.model(MODEL).pending) == 2


def test_a_locked_ledger_is_told_of_and_what_was_known_stands(scene: Scene, store: Store) -> None:
    """Nobody waits for the lock; afterwards the store goes on by itself."""
    with _locked(scene):
        _until(lambda: _looked(store) is not None)
        began = time.monotonic()
        store.refresh(wait=0.1)
        assert "locked" in str(store.trouble)
        assert store.model(MODEL).champion == 1
        assert time.monotonic() - began < 1
    scene.propose(2, 2)
    _until(lambda: _looked(store) is None)
    assert len(store.model(MODEL).pending) == 2


def test_a_ledger_that_is_gone_is_told_of_and_never_replaced_by_an_empty_one(
    scene: Scene, store: Store
) -> None:
    """Put back, it is followed again."""
    path = _path(scene)
    away = path.with_suffix(".away")
    path.rename(away)
    store.refresh()
    assert "is gone" in str(store.trouble)
    assert store.model(MODEL).champion == 1
    assert not path.exists()
    away.rename(path)
    store.refresh()
    assert store.trouble is None
    scene.propose(2, 2)
    store.refresh()
    assert len(store.model(MODEL).pending) == 2


def test_another_ledger_in_its_place_is_read_from_its_beginning(
    scene: Scene, store: Store, tmp_path: Path
) -> None:
    """Nothing of the first one is left."""
    other = Scene(tmp_path / "other")
    for _ in range(20):
        other.clock.advance(timedelta(days=1))
        other.run(f"other-{_}")
    other.close()
    _path(other).replace(_path(scene))
    store.refresh()
    assert store.trouble is None
    assert len(store.runs()) == 20
    assert store.model(MODEL).champion is None


def test_a_run_whose_runner_vanished_is_noticed(scene: Scene, store: Store) -> None:
    """No lease is held for it, so it cannot be running."""
    scene.run("20260310-000000-0000", outcome=None)
    store._noticed = float("-inf")
    store.refresh()
    store.refresh()
    assert store.run("20260310-000000-0000").outcome is Outcome.LOST


def test_a_run_that_is_not_understood_stops_nobody_from_noticing_others(scene: Scene, store: Store) -> None:
    """An open run with an event that another version wrote is left as it is."""
    scene.run("20260310-000000-0000", outcome=None)
    scene.write("run/20260310-000000-0000", "entry.committed", {"entry": "train"}, subject="train")
    scene.run("20260310-000000-0001", outcome=None)
    store._noticed = float("-inf")
    store.refresh()
    store.refresh()
    assert store.trouble is None
    assert store.run("20260310-000000-0000").outcome is None
    assert store.run("20260310-000000-0001").outcome is Outcome.LOST


@pytest.mark.parametrize("was", [True, False])
def test_the_collector_is_left_as_it_was(scene: Scene, was: bool) -> None:
    """A first look that fails, and one that does not, leave Python's own as they found it."""
    (gc.enable if was else gc.disable)()
    try:
        store = Store(scene.project, scene.clock, every=0.0, patience=20.0)
        with _locked(scene):
            store.refresh()
            assert store.trouble is not None
            assert gc.isenabled() is was
        _until(lambda: _looked(store) is None)
        assert gc.isenabled() is was
        store.close()
    finally:
        gc.enable()


def test_many_threads_may_ask_at_once(scene: Scene, store: Store) -> None:
    """Readers see whole states while the ledger is written."""
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            store.refresh(wait=0)
            pending = [wish.number for wish in store.model(MODEL).pending]
            if pending != list(range(1, len(pending) + 1)):
                wrong.append(pending)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2, 30):
        scene.propose(number, 2)
    stop.set()
    for reader in readers:
        reader.join()
    store.refresh()
    store.refresh()
    assert not wrong
    assert len(store.model(MODEL).pending) == 29


@contextmanager
def _locked(scene: Scene) -> Iterator[None]:
    """Keep all others from the ledger."""
    connection = sqlite3.connect(_path(scene), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def _path(scene: Scene) -> Path:
    return Path(scene.project.layout.ledger_url.removeprefix("sqlite:///"))


def _looked(store: Store) -> object:
    store.refresh(wait=0.05)
    return store.trouble


def _until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it never came true"
