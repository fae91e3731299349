"""What verify finds, in a database that somebody changed behind the ledger's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from workbench.clock import ManualClock
from workbench.errors import IntegrityError
from workbench.ledger import Append, Head, Ledger, MemoryLedger, NewEvent, open_ledger, sql
from workbench.ledger.row import Row, digest

Tamper = Callable[..., None]
_SQLITE_TRIGGERS = ("events_no_update", "events_no_delete", "events_at_the_end")


@pytest.fixture
def tamper(url: str) -> Tamper:
    """Run statements on the database directly, by default with its triggers out of the way."""

    def run(*statements: str, triggers: bool = False) -> None:
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
                for name in () if triggers else _SQLITE_TRIGGERS:
                    connection.execute(f"DROP TRIGGER IF EXISTS {name}")
                for statement in statements:
                    connection.execute(statement)
            return
        off = () if triggers else ("ALTER TABLE events DISABLE TRIGGER ALL",)
        engine = create_engine(url)
        try:
            with engine.begin() as transaction:
                for statement in (*off, *statements):
                    transaction.exec_driver_sql(statement)
        finally:
            engine.dispose()

    return run


@pytest.fixture
def ledger(url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """Nine events in three streams: a1 b1 c1 a2 b2 c2 a3 b3 c3; read in batches of two."""
    monkeypatch.setattr(sql, "_BATCH", 2)
    opened = open_ledger(url, clock)
    for version in range(3):
        for stream in "abc":
            event = NewEvent("k", {"n": version}, subject=f"{stream}{version + 1}")
            opened.append(Append(stream, version, (event,)))
    yield opened
    opened.close()


def _move(from_: int, to: int) -> str:
    return f"UPDATE events SET position = {to} WHERE position = {from_}"


def _insert(position: int, version: int = 9) -> str:
    columns = f"{position}, 'x', {version}, 'k', '', '', '', '', 'eve', '{{}}', 'p', 'h'"
    return f"INSERT INTO events VALUES ({columns})"


CHANGES: dict[str, tuple[list[str], list[int]]] = {
    "nothing": ([], []),
    "the data": (["UPDATE events SET data = '{\"n\":7}' WHERE position = 5"], [5]),
    "the actor": (["UPDATE events SET actor = 'eve' WHERE position = 1"], [1]),
    "the time": (["UPDATE events SET at = replace(at, '2013', '2012') WHERE position = 9"], [9]),
    "two rows": (["UPDATE events SET key = 'x' WHERE position IN (2, 6)"], [2, 6]),
    "the hash": (["UPDATE events SET hash = 'x' WHERE position = 4"], [4]),
    "the link": (["UPDATE events SET previous = 'x' WHERE position = 4"], [4]),
    "the stream": (["UPDATE events SET stream = 'd' WHERE position = 3"], [3]),
    "one row removed": (["DELETE FROM events WHERE position = 4"], [4]),
    "rows removed": (["DELETE FROM events WHERE position BETWEEN 4 AND 6"], [4]),
    "the first removed": (["DELETE FROM events WHERE position = 1"], [1]),
    "removed, the rest moved up": (
        ["DELETE FROM events WHERE position = 7", _move(8, 7), _move(9, 8)], [7, 8]
    ),
    "two swapped": ([_move(3, 100), _move(5, 3), _move(100, 5)], [3, 5]),
    "a row put at the end": ([_insert(10)], [10]),
    "a row put far behind": ([_insert(1000)], [10, 1000]),
    "a row put before the beginning": ([_insert(0)], [0]),
    "a row put in between": ([_move(9, 10), _insert(9)], [9, 10]),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "positions"), CHANGES.values(), ids=CHANGES.keys())
def test_verify_names_the_rows_that_were_changed(
    ledger: Ledger, tamper: Tamper, statements: list[str], positions: list[int]
) -> None:
    """Edits, deletions, swaps and insertions, whatever the batch that they fall into."""
    tamper(*statements)
    found = ledger.verify()
    assert found.ok == (not positions)
    assert sorted({problem.position for problem in found.problems}) == positions


def test_a_problem_says_what_and_where(ledger: Ledger, tamper: Tamper) -> None:
    """Position, kind and stream, and what happened to it."""
    tamper("UPDATE events SET data = '{}' WHERE position = 2", "DELETE FROM events WHERE position IN (4, 5)")
    found = ledger.verify()
    assert found.count == 7
    assert found.problems == (
        (
            2,
            "(k of b) was changed or moved: its content and its hash disagree, so event 1 is unconfirmed",
        ),
        (4, "to 5 are missing: they were removed, so event 3 is unconfirmed"),
    )


def test_an_edit_with_a_new_hash_shows_in_the_next_row(ledger: Ledger, tamper: Tamper) -> None:
    """Who recomputes one hash breaks the chain behind it."""
    _rewrite(ledger, tamper, first=4, last=4)
    assert [problem.position for problem in ledger.verify().problems] == [5]


def test_a_rewrite_of_the_whole_rest_shows_against_an_anchor_only(ledger: Ledger, tamper: Tamper) -> None:
    """A chain alone proves nothing to those who did not keep a head of it."""
    anchor = ledger.head()
    _rewrite(ledger, tamper, first=4, last=9)
    assert ledger.verify().ok
    found = ledger.verify(anchor)
    assert [problem.position for problem in found.problems] == [9]
    assert "rewritten" in found.problems[0].what
    assert ledger.verify((3, ledger.read("c")[0].hash)).ok


def test_a_cut_tail_shows_against_an_anchor_only(ledger: Ledger, tamper: Tamper) -> None:
    """Also when other events were written in its place."""
    anchor = ledger.head()
    tamper("DELETE FROM events WHERE position > 6")
    assert ledger.verify().ok
    found = ledger.verify(anchor)
    assert [problem.position for problem in found.problems] == [9]
    assert "cut" in found.problems[0].what
    for version in range(2, 6):
        ledger.append(Append("a", version, (NewEvent("k", {}),)))
    assert ledger.verify().ok
    assert not ledger.verify((anchor.position, anchor.hash)).ok


def test_an_honest_ledger_that_grew_agrees_with_every_anchor(ledger: Ledger) -> None:
    """Heads that were kept along the way stay true, that of the empty ledger too."""
    anchors = [Head(0, "0" * 64), *(Head(event.position, event.hash) for event in ledger.find())]
    assert all(ledger.verify(anchor).ok for anchor in anchors)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'eve' WHERE position = 3",
        "UPDATE events SET position = 10 WHERE position = 9",
        "DELETE FROM events WHERE position = 9",
        "DELETE FROM events",
        _insert(0),
        _insert(11),
    ],
)
def test_the_database_itself_refuses_changes(ledger: Ledger, tamper: Tamper, statement: str) -> None:
    """Whoever goes around the ledger must first take the triggers away."""
    with pytest.raises((sqlite3.IntegrityError, DBAPIError), match="the ledger is append-only"):
        tamper(statement, triggers=True)
    assert ledger.verify().ok
    assert ledger.head().position == 9


def test_an_event_that_cannot_be_read_is_named(ledger: Ledger, tamper: Tamper) -> None:
    """Reading a mangled row is an integrity error; reading others is not."""
    tamper("UPDATE events SET data = '{\"n\":' WHERE position = 4")
    with pytest.raises(
        IntegrityError, match="Event 4 of the ledger was changed after it was written"
    ) as error:
        ledger.read("a")
    assert "workbench audit verify" in error.value.hint
    assert len(ledger.read("b")) == 3


def test_a_memory_ledger_finds_the_same(clock: ManualClock) -> None:
    """The chain is checked by the same code everywhere."""
    ledger = MemoryLedger(clock)
    for version in range(3):
        ledger.append(Append("a", version, (NewEvent("k", {}),)))
    anchor = ledger.head()
    ledger._rows[1] = ledger._rows[1]._replace(actor="eve")
    assert [problem.position for problem in ledger.verify().problems] == [2]
    del ledger._rows[1:]
    assert ledger.verify().ok
    assert not ledger.verify(anchor).ok


def _rewrite(ledger: Ledger, tamper: Tamper, *, first: int, last: int) -> None:
    """Change events and recompute their hashes, as somebody would who knows how."""
    previous = ledger.find(before=first, newest_first=True, limit=1)[0].hash
    statements = []
    for event in ledger.find(after=first - 1, before=last + 1):
        values: dict[str, Any] = {**vars(event), "actor": "eve", "data": '{"n":0}', "previous": previous}
        for name in ("at", "recorded_at"):
            values[name] = values[name].isoformat(timespec="microseconds")
        previous = digest(Row(**values))
        changes = f"actor = 'eve', data = '{values['data']}', previous = '{values['previous']}'"
        statements.append(
            f"UPDATE events SET {changes}, hash = '{previous}' WHERE position = {event.position}"
        )
    tamper(*statements)
