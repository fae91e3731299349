"""A thousand changes made directly in the database: verify finds each, and names the row."""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.ledger.tampering import KINDS, Change, Tamperer
from workbench.clock import ManualClock
from workbench.ledger import Append, Ledger, NewEvent, open_ledger
from workbench.ledger.row import Row
from workbench.ledger.sql import INSERT

EVENTS, STREAMS = 300, 12
_SELECT = "SELECT * FROM events"
_UNGUARD = {
    "sqlite": [
        "DROP TRIGGER events_no_update",
        "DROP TRIGGER events_no_delete",
        "DROP TRIGGER events_at_the_end",
        "DROP INDEX events_stream_version",
    ],
    "postgresql": ["ALTER TABLE events DISABLE TRIGGER ALL", "DROP INDEX events_stream_version"],
}

Execute = Callable[..., list[Any]]


@pytest.fixture
def ledger(url: str, clock: ManualClock) -> Iterator[Ledger]:
    """Three hundred events in a dozen streams."""
    opened = open_ledger(url, clock)
    pick = random.Random(0)
    for version in range(EVENTS // STREAMS):
        streams = pick.sample(range(STREAMS), STREAMS)
        opened.append(*(Append(f"run/{n}", version, (_event(pick),)) for n in streams))
    yield opened
    opened.close()


def _event(pick: random.Random) -> NewEvent:
    digest = f"{pick.getrandbits(256):064x}"
    data = {"n": pick.random(), "text": "é" * pick.randrange(5), "files": [{"sha256": digest}]}
    return NewEvent(f"kind.{pick.randrange(5)}", data, subject=f"s{pick.randrange(7)}", key=digest[:2])


@pytest.fixture
def attack(url: str, ledger: Ledger) -> Iterator[Execute]:
    """Run statements as somebody who owns the database; each call is a transaction."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield lambda *steps: _in_sqlite(connection, steps)
        return
    engine = create_engine(url)
    yield lambda *steps: _in_postgres(engine, steps)
    engine.dispose()


def _in_sqlite(connection: sqlite3.Connection, steps: tuple[Any, ...]) -> list[Any]:
    with connection:
        for sql, *values in steps:
            run = connection.executemany if values else connection.execute
            rows = run(sql, *values).fetchall()
        return rows


def _in_postgres(engine: Any, steps: tuple[Any, ...]) -> list[Any]:
    with engine.begin() as connection:
        for sql, *values in steps:
            result = connection.execute(text(sql), *values)
            rows = list(result) if result.returns_rows else []
        return rows


def replace(attack: Execute, before: dict[int, Row], after: dict[int, Row]) -> None:
    """Make the table hold other rows: what differs is taken out and put in."""
    gone = [str(p) for p, row in before.items() if after.get(p) is not row]
    come = [row._asdict() for p, row in after.items() if before.get(p) is not row]
    steps: list[Any] = [(f"DELETE FROM events WHERE position IN ({', '.join(gone)})",)] if gone else []
    attack(*steps, *([(INSERT, come)] if come else []))


def check(ledger: Ledger, kind: str, change: Change) -> None:
    """Need a problem that names what was changed, and nothing else."""
    found = ledger.verify()
    named = {problem.position for problem in found.problems}
    assert not found.ok, f"{kind}: not detected"
    if change.named is not None:
        assert named == change.named, f"{kind}: {found.problems[:5]}"
    said = " ".join(f"event {position} {what}" for position, what in found.problems[:2])
    assert re.search(rf"event {change.first}\b", said), f"{kind}: {said}"


@pytest.mark.soak
def test_every_change_is_detected_and_the_row_is_named(
    ledger: Ledger, attack: Execute, url: str, soak_count: Callable[[int], int]
) -> None:
    """1,000 edits, interior deletions, swaps and insertions, with hashes recomputed and without."""
    store = url.partition(":")[0].partition("+")[0]
    rows = {row[0]: Row(*row) for row in attack((_SELECT,))}
    attack(*((sql,) for sql in _UNGUARD[store]))
    by = Tamperer(random.Random(store), rows, blobs=store == "sqlite")
    counted: Counter[str] = Counter()
    for number in range(soak_count(1000)):
        kind = list(KINDS)[number % len(KINDS)]
        change = KINDS[kind](by)
        replace(attack, rows, change.rows)
        check(ledger, kind, change)
        replace(attack, change.rows, rows)
        counted[kind] += 1
    assert ledger.verify().ok
    print(f"{store}: {counted.total()} changes, all detected, the row named: {dict(counted)}")
