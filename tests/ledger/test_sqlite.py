"""What is particular to SQLite: one file, which others may lock, damage, fill up or forbid."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from workbench.clock import ManualClock
from workbench.errors import StorageError
from workbench.ledger import Append, Ledger, NewEvent, open_leases, open_ledger
from workbench.ledger.database import Turn
from workbench.ledger.sql import SqlLedger
from workbench.ledger.sqlite import SqliteDatabase

ONE = Append("s", 0, (NewEvent("k", {}),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is kept."""
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path, clock: ManualClock) -> Iterator[SqlLedger]:
    """An open ledger that waits for others for a moment only."""
    opened = open_ledger(f"sqlite:///{path}", clock, timeout=0.01)
    assert isinstance(opened, SqlLedger)
    yield opened
    opened.close()


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_database_locked_by_others_is_said_to_be(ledger: Ledger, path: Path, lock: str) -> None:
    """After the timeout, with the file, the seconds, and what to do; nothing is written."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(lock)
        with pytest.raises(StorageError, match=r"ledger.db is locked: .* for more than 0.01 s") as error:
            ledger.append(ONE)
        assert "fuser" in error.value.hint
        other.execute("ROLLBACK")
    ledger.append(ONE)
    assert ledger.version("s") == 1


def test_readers_do_not_wait_for_a_writer_that_has_not_committed(ledger: Ledger, path: Path) -> None:
    """Looking is possible while somebody writes."""
    ledger.append(ONE)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(ledger.find()) == 1


@pytest.mark.parametrize(
    "content",
    [b"this is no database at all " * 100, b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["text", "a damaged header"],
)
@pytest.mark.parametrize("opening", [open_ledger, open_leases])
def test_a_file_that_is_no_database_is_said_to_be(
    path: Path, clock: ManualClock, content: bytes, opening: Callable[..., object]
) -> None:
    """It is left as it was."""
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged, or is no SQLite database") as error:
        opening(f"sqlite:///{path}", clock)
    assert str(path) in error.value.message
    assert path.read_bytes() == content


def test_a_full_disk_is_said_to_be(ledger: SqlLedger, path: Path) -> None:
    """Nothing is written, and the ledger works on once there is room."""
    database = ledger._database
    assert isinstance(database, SqliteDatabase)
    pages = database._connection.execute("PRAGMA page_count").fetchone()[0]
    database._connection.execute(f"PRAGMA max_page_count = {pages}")
    big = Append("s", 0, (NewEvent("k", {"text": "x" * 100_000}),))
    with pytest.raises(StorageError, match=r"The disk that holds .* is full"):
        ledger.append(big)
    assert ledger.head().position == 0
    database._connection.execute("PRAGMA max_page_count = 100000")
    ledger.append(big)
    assert ledger.verify().ok


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: ManualClock) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "state").write_text("")
    with pytest.raises(StorageError, match=r"The folder of the database .*state/ledger.db cannot be made"):
        open_ledger(f"sqlite:///{tmp_path}/state/ledger.db", clock)


def test_a_folder_in_place_of_the_file_is_said_to_be(path: Path, clock: ManualClock) -> None:
    """What cannot be opened is an error in words."""
    path.mkdir()
    with pytest.raises(StorageError, match="cannot be opened"):
        open_ledger(f"sqlite:///{path}", clock)


def test_a_ledger_of_a_newer_workbench_is_left_alone(ledger: Ledger, path: Path, clock: ManualClock) -> None:
    """An older program does not touch tables that it does not know."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="version 99 of the tables, but this workbench knows 1"):
        open_ledger(f"sqlite:///{path}", clock)


def test_a_closed_ledger_says_so(ledger: Ledger) -> None:
    """Closing twice is harmless."""
    ledger.close()
    ledger.close()
    with pytest.raises(StorageError, match="was closed"):
        ledger.head()


def test_every_commit_is_flushed_to_disk_with_the_rollback_journal(ledger: SqlLedger) -> None:
    """A committed promotion survives power loss, and no SQLite can corrupt it in WAL mode."""
    with ledger._database.read() as execute:
        assert execute("PRAGMA synchronous") == [(3,)]
        assert execute("PRAGMA journal_mode") == [("delete",)]


@pytest.mark.parametrize("position", [1, 2])
def test_replacing_an_event_is_refused_by_the_database(ledger: Ledger, path: Path, position: int) -> None:
    """INSERT OR REPLACE would remove a row without any delete trigger noticing."""
    ledger.append(ONE)
    row = f"{position}, 's', 1, 'k', '', '', '', '', 'eve', '{{}}', 'p', 'h'"
    with closing(sqlite3.connect(path)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(f"INSERT OR REPLACE INTO events VALUES ({row})")
    assert ledger.verify().ok


def test_an_exception_within_a_transaction_undoes_it(path: Path) -> None:
    """Also Ctrl-C in the middle of a write."""
    database = SqliteDatabase(str(path), 1)

    def write() -> None:
        with database.write(Turn.LEASES) as execute:
            execute("INSERT INTO lease_sightings VALUES ('n', 'p', 1, 1, 1.0)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    with database.read() as execute:
        assert execute("SELECT * FROM lease_sightings") == []
    database.close()
