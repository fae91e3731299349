"""The contract of every ledger."""

from __future__ import annotations

import dataclasses
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.ledger.conftest import Write
from workbench.clock import ManualClock
from workbench.errors import ConflictError
from workbench.ledger import Append, Event, Head, Ledger, NewEvent


def test_an_event_reads_back_as_it_was_written(ledger: Ledger, clock: ManualClock) -> None:
    """What append returns is what read returns, with place, version, times and actor filled in."""
    clock.advance(timedelta(days=100, microseconds=7))
    before = datetime.now(UTC)
    event = NewEvent("run.started", {"stages": ["ingest"]}, subject="training", key="abc")
    written = ledger.append(Append("run/1", 0, (event,)), actor="ada@desk")
    assert written == tuple(ledger.read("run/1"))
    (read,) = written
    assert (read.position, read.stream, read.version, read.kind) == (1, "run/1", 1, "run.started")
    assert (read.subject, read.key, read.actor) == ("training", "abc", "ada@desk")
    assert read.data == {"stages": ["ingest"]}
    assert read.at == clock.now()
    assert before <= read.recorded_at <= datetime.now(UTC)
    assert (read.previous, len(read.hash)) == ("0" * 64, 64)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {
            "text": "naïve — 漢字 🛫",
            "nul": "\0",
            "surrogate": "\ud800",
            "quotes": "'\"\\",
            "percent": "%s :name",
        },
        {"numbers": [0, -1, 2**70, 0.1, -0.0, 1e-300, 1.7976931348623157e308, 336776]},
        {"nothing": None, "yes": True, "no": False, "empty": [{}, [], ""]},
        {"deep": {"b": {"z": 1, "a": [{"y": 2, "x": 3}]}, "a": 1}},
        {"long": "x" * 300_000},
    ],
    ids=["empty", "text", "numbers", "constants", "nested", "long"],
)
def test_any_json_survives_the_store(ledger: Ledger, data: dict[str, Any]) -> None:
    """Data comes back equal, and the chain holds over it."""
    (event,) = ledger.append(Append("s", 0, (NewEvent("k", data),)))
    assert event.data == data
    assert [each.data for each in ledger.read("s")] == [data]
    assert ledger.verify().ok


def test_a_tuple_is_written_as_a_list(ledger: Ledger, write: Write) -> None:
    """JSON knows lists only; what append returns says so too."""
    assert write("s", "k", {"pair": (1, (2, 3))}).data == {"pair": [1, [2, 3]]}


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ({"auc": float("nan")}, ValueError, "k: data.auc is nan, but the ledger holds finite numbers only"),
        ({"a": [1, {"b": float("inf")}]}, ValueError, "k: data.a[1].b is inf"),
        ({"when": datetime(2013, 1, 1, tzinfo=UTC)}, TypeError, "k: data.when is datetime.datetime(2013"),
        ({"a": {1: 2}}, TypeError, "k: data.a has the key 1, but keys must be text"),
        ({"a": {"b", "c"}}, TypeError, "of type set"),
    ],
)
def test_what_is_not_json_is_refused_and_named(
    ledger: Ledger, data: dict[str, Any], error: type[Exception], said: str
) -> None:
    """The message names the offending part, and nothing is written, not even what is fine."""
    fine = NewEvent("k", {})
    with pytest.raises(error) as refused:
        ledger.append(Append("s", 0, (fine, NewEvent("k", data))))
    assert said in str(refused.value)
    assert ledger.head().position == 0


@pytest.mark.parametrize(
    ("stream", "kind", "subject", "actor"),
    [
        ("", "k", "", "a"),
        ("s", "", "", "a"),
        ("s", "k", "\0", "a"),
        ("s", "k", "\udfff", "a"),
        ("s", "k", "", ""),
    ],
)
def test_names_that_no_store_can_hold_are_refused(
    ledger: Ledger, stream: str, kind: str, subject: str, actor: str
) -> None:
    """Empty names and characters that one of the databases cannot keep are errors in all of them."""
    with pytest.raises(ValueError, match="must"):
        ledger.append(Append(stream, 0, (NewEvent(kind, {}, subject),)), actor=actor)


def test_the_writer_that_knows_an_old_version_is_told(ledger: Ledger, write: Write) -> None:
    """The loser learns which stream, what it expected and what was there; nothing is written."""
    write("model/m", "version.registered")
    write("model/m", "alias.moved")
    with pytest.raises(ConflictError, match=r"model/m.*at version 2, but 1 was expected") as conflict:
        ledger.append(Append("model/m", 1, (NewEvent("alias.moved", {}),)))
    error = pickle.loads(pickle.dumps(conflict.value))
    assert (error.stream, error.expected, error.actual) == ("model/m", 1, 2)
    assert ledger.version("model/m") == 2


def test_several_streams_are_written_together_or_not_at_all(ledger: Ledger, write: Write) -> None:
    """A conflict in the last stream undoes the first ones too."""
    write("model/m", "version.registered")
    with pytest.raises(ConflictError):
        ledger.append(
            Append("run/1", 0, (NewEvent("entry.committed", {}),)),
            Append("model/m", 0, (NewEvent("version.registered", {}),)),
        )
    assert ledger.read("run/1") == []
    events = ledger.append(
        Append("run/1", 0, (NewEvent("a", {}), NewEvent("b", {}))),
        Append("model/m", 1, (NewEvent("c", {}),)),
        Append("run/1", 2, (NewEvent("d", {}),)),
    )
    assert [(e.position, e.stream, e.version) for e in events] == [
        (2, "run/1", 1), (3, "run/1", 2), (4, "model/m", 2), (5, "run/1", 3),
    ]  # fmt: skip
    assert ledger.verify().ok


def test_an_append_without_events_only_checks_its_condition(ledger: Ledger, write: Write) -> None:
    """So a decision can depend on a stream that it does not write to."""
    write("model/m", "alias.moved")
    assert ledger.append(Append("model/m", 1, ())) == ()
    with pytest.raises(ConflictError):
        ledger.append(Append("model/m", 0, ()), Append("run/1", 0, (NewEvent("k", {}),)))
    assert ledger.head().position == 1
    assert ledger.append() == ()


def test_a_stream_reads_on_from_a_version(ledger: Ledger, write: Write) -> None:
    """Only the stream's own events, the oldest first."""
    for stream in ("a", "b", "a", "a"):
        write(stream, "k")
    assert [event.version for event in ledger.read("a", after=1)] == [2, 3]
    assert ledger.read("a", after=3) == ledger.read("nothing") == []
    assert (ledger.version("a"), ledger.version("nothing")) == (3, 0)


@pytest.mark.parametrize(
    ("question", "positions"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"kinds": ("entry.committed",)}, [2, 4, 6]),
        ({"kinds": ("entry.committed", "entry.reused")}, [2, 3, 4, 6]),
        ({"kinds": ("unheard of",)}, []),
        ({"subject": "train"}, [2, 4]),
        ({"subject": ""}, [5]),
        ({"key": "k1"}, [2, 3]),
        ({"key": ""}, [1, 5]),
        ({"stream_prefix": "run/"}, [1, 2, 3, 4]),
        ({"stream_prefix": "run_"}, [6]),
        ({"stream_prefix": "run/1"}, [1, 2, 3]),
        ({"stream_prefix": ""}, [1, 2, 3, 4, 5, 6]),
        ({"after": 2}, [3, 4, 5, 6]),
        ({"before": 3}, [1, 2]),
        ({"after": 2, "before": 5}, [3, 4]),
        ({"limit": 2}, [1, 2]),
        ({"limit": 0}, []),
        ({"newest_first": True}, [6, 5, 4, 3, 2, 1]),
        ({"newest_first": True, "limit": 1, "kinds": ("entry.committed",), "subject": "train"}, [4]),
        ({"newest_first": True, "before": 4, "limit": 2}, [3, 2]),
        ({"kinds": ("entry.committed",), "subject": "train", "key": "k2", "stream_prefix": "run/"}, [4]),
    ],
)
def test_find_returns_what_meets_every_condition(
    ledger: Ledger, write: Write, question: dict[str, Any], positions: list[int]
) -> None:
    """Conditions are joined by `and`; kinds among themselves by `or`."""
    write("run/1", "run.started", subject="training")
    write("run/1", "entry.committed", subject="train", key="k1")
    write("run/1", "entry.reused", subject="features", key="k1")
    write("run/2", "entry.committed", subject="train", key="k2")
    write("model/ü%", "alias.moved")
    write("run_3", "entry.committed", subject="other", key="k3")
    assert [event.position for event in ledger.find(**question)] == positions


def test_the_head_is_the_last_event(ledger: Ledger, write: Write) -> None:
    """An empty ledger has a head too: position 0 and a hash of zeros."""
    assert ledger.head() == Head(0, "0" * 64)
    write("a", "k")
    last = write("b", "k")
    assert ledger.head() == Head(last.position, last.hash)


def test_each_event_holds_the_hash_of_the_one_before(ledger: Ledger, write: Write) -> None:
    """The chain runs through the whole ledger, not through each stream."""
    events = [write(stream, "k") for stream in ("a", "b", "a")]
    assert [event.previous for event in events[1:]] == [event.hash for event in events[:-1]]
    assert len({event.hash for event in events}) == 3


def test_changing_what_was_returned_changes_nothing(ledger: Ledger) -> None:
    """A caller gets its own copy of the data, and keeps its own."""
    given = {"list": [1]}
    (event,) = ledger.append(Append("s", 0, (NewEvent("k", given),)))
    given["list"].append(2)
    event.data["list"].append(3)
    ledger.read("s")[0].data.clear()
    assert ledger.read("s")[0].data == {"list": [1]}
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.kind = "other"  # type: ignore[misc]


def test_the_actor_is_the_user_of_this_machine_by_default(ledger: Ledger, write: Write) -> None:
    """As `user@host`."""
    user, _, host = write("s", "k").actor.partition("@")
    assert user
    assert host


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    """Nothing is lost, nothing is written twice, and losers of a race may try again."""
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda thread: _append_ten(ledger, thread), range(6)))
    shared = ledger.read("shared")
    assert [event.version for event in shared] == list(range(1, 61))
    assert sorted((e.data["thread"], e.data["n"]) for e in shared) == [
        (t, n) for t in range(6) for n in range(10)
    ]
    assert ledger.verify().ok


def _append_ten(ledger: Ledger, thread: int) -> None:
    for n in range(10):
        while not _append_once(ledger, thread, n):
            pass


def _append_once(ledger: Ledger, thread: int, n: int) -> tuple[Event, ...]:
    try:
        event = NewEvent("k", {"thread": thread, "n": n})
        return ledger.append(Append("shared", ledger.version("shared"), (event,)))
    except ConflictError:
        return ()
