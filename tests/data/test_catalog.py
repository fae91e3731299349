"""The catalog: what the ledger says exists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbench.clock import ManualClock
from workbench.data import Catalog, OutputRecord
from workbench.errors import UnknownNameError
from workbench.ledger import Append, MemoryLedger, NewEvent


class History:
    """Commits and reuses, an hour apart."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2013, 6, 1, tzinfo=UTC))
        self.ledger = MemoryLedger(self.clock)
        self.catalog = Catalog(self.ledger)

    def add(self, kind: str, run: str, *records: OutputRecord) -> None:
        data: dict[str, Any] = {"run": run, "stage": "features", "outputs": {r["name"]: r for r in records}}
        stream = f"run/{run}"
        event = NewEvent(kind, data, subject="features")
        self.ledger.append(Append(stream, self.ledger.version(stream), (event,)), actor="ann@host")
        self.clock.advance(timedelta(hours=1))


def dataset(version: int, name: str = "flights") -> OutputRecord:
    return {
        "kind": "dataset",
        "name": name,
        "version": version,
        "fingerprint": f"f{version}",
        "rows": version * 10,
    }


def report() -> OutputRecord:
    return {"kind": "artifact", "name": "report", "format": "json", "fingerprint": "r"}


@pytest.fixture
def history() -> History:
    found = History()
    found.add("entry.committed", "r1", dataset(1), report())
    found.add("entry.committed", "r2", dataset(2), dataset(7, "weather"))
    found.add("attempt.ended", "r3", dataset(3))
    found.add("entry.committed", "r4", dataset(2))
    return found


def test_the_current_record_is_the_newest_committed(history: History) -> None:
    """Only commits and reuses make an output visible; artifacts have a current record too."""
    assert history.catalog.current("flights") == dataset(2)
    assert history.catalog.current("report") == report()
    assert history.catalog.current("absent") is None


def test_a_reuse_makes_an_older_version_current(history: History) -> None:
    """When a run reuses an earlier commit, its output is what the next stage reads."""
    history.add("entry.reused", "r5", dataset(1))
    assert history.catalog.current("flights") == dataset(1)


def test_the_history_lists_each_version_once_newest_first(history: History) -> None:
    """A version that later runs committed unchanged belongs to the run that made it visible."""
    history.add("entry.reused", "r5", dataset(1))
    rows = [row.to_dict() for row in history.catalog.history("flights")]
    common = {"stage": "features", "actor": "ann@host"}
    assert rows == [
        {
            "version": 2,
            "at": "2013-06-01T01:00:00+00:00",
            "run": "r2",
            "rows": 20,
            "fingerprint": "f2",
            **common,
        },
        {
            "version": 1,
            "at": "2013-06-01T00:00:00+00:00",
            "run": "r1",
            "rows": 10,
            "fingerprint": "f1",
            **common,
        },
    ]


def test_a_staged_dataset_is_no_version(history: History) -> None:
    """What was saved without being committed to its table has no place in the history."""
    staged = dataset(9, "trial")
    staged["version"] = None
    history.add("entry.committed", "r5", staged)
    assert history.catalog.names() == ["flights", "weather"]
    with pytest.raises(UnknownNameError):
        history.catalog.history("trial")


def test_a_version_is_found_by_its_number(history: History) -> None:
    """Every committed version stays reachable."""
    assert history.catalog.version("flights", 1) == dataset(1)
    assert history.catalog.names() == ["flights", "weather"]


def test_a_number_that_delta_gave_twice_means_the_newer(history: History) -> None:
    """After a damaged log was moved away it counts anew; neither version is lost to the history."""
    again = dataset(1)
    again["fingerprint"] = "other"
    history.add("entry.committed", "r6", again)
    assert history.catalog.version("flights", 1) == again
    assert [(row.run, row.version) for row in history.catalog.history("flights")] == [
        ("r6", 1),
        ("r2", 2),
        ("r1", 1),
    ]


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("flihgts", 1, "no dataset named 'flihgts'.\nDid you mean 'flights'?"),
        ("report", 1, "no dataset named 'report'.\nKnown: flights, weather."),
        ("flights", 3, "no version of dataset 'flights' named '3'.\nIt has 2 versions, from 1 to 2"),
    ],
)
def test_unknown_datasets_and_versions_are_named(history: History, name: str, number: int, said: str) -> None:
    """The error names what there is instead."""
    with pytest.raises(UnknownNameError) as caught:
        history.catalog.version(name, number)
    assert said in str(caught.value)


def test_history_reaches_back_over_many_events() -> None:
    """The first version is found behind hundreds of other commits."""
    history = History()
    history.add("entry.committed", "first", dataset(1))
    for number in range(450):
        history.add("entry.committed", f"r{number}", report())
    assert history.catalog.current("flights") == dataset(1)
    assert [row.run for row in history.catalog.history("flights")] == ["first"]
