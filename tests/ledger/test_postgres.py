"""What is particular to PostgreSQL: a server that may be away, or busy with others."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from workbench.clock import ManualClock
from workbench.errors import ConfigurationError, StorageError
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.ledger.database import Turn
from workbench.ledger.row import Row
from workbench.ledger.sql import INSERT, SqlLedger

ONE = Append("s", 0, (NewEvent("k", {}),))


def test_a_server_that_is_away_is_said_to_be(tmp_path: Path, clock: ManualClock) -> None:
    """The message names the server, and hides the password."""
    url = f"postgresql+psycopg://ada:geheim@/flights?host={tmp_path}"
    with pytest.raises(StorageError, match=r"failed: .*connection to server") as error:
        open_ledger(url, clock)
    assert str(tmp_path.name) in error.value.message
    assert "geheim" not in str(error.value)


def test_a_turn_that_does_not_come_is_an_error_in_words(postgres_url: str, clock: ManualClock) -> None:
    """Another writer that never ends its transaction does not hang us for ever."""
    ledger = open_ledger(postgres_url, clock, timeout=0.05)
    engine = create_engine(postgres_url)
    with engine.begin() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({Turn.EVENTS.value})")
        with pytest.raises(StorageError, match=r"is locked: another writer kept it for more than 0.05 s"):
            ledger.append(ONE)
        assert ledger.find() == []
    engine.dispose()
    assert ledger.append(ONE)[0].position == 1
    ledger.close()


def test_an_emptied_table_is_refused_by_the_database(postgres_url: str, clock: ManualClock) -> None:
    """TRUNCATE fires no row trigger, so it has one of its own."""
    ledger = open_ledger(postgres_url, clock)
    ledger.append(ONE)
    engine = create_engine(postgres_url)
    with pytest.raises(Exception, match="append-only"), engine.begin() as other:
        other.exec_driver_sql("TRUNCATE events")
    engine.dispose()
    assert ledger.head().position == 1
    ledger.close()


def test_the_same_events_have_the_same_hash_in_every_store(postgres_url: str, clock: ManualClock) -> None:
    """A ledger can be carried from one database to another, chain and all."""
    source = open_ledger("sqlite://", clock)
    target = open_ledger(postgres_url, clock)
    assert isinstance(source, SqlLedger)
    assert isinstance(target, SqlLedger)
    source.append(Append("s", 0, (NewEvent("k", {"é": [0.1, 1e22, None]}, "ü", "k"), NewEvent("l", {}))))
    with target._database.write(Turn.EVENTS) as execute:
        for row in source._stored():
            execute(INSERT, Row(*row)._asdict())
    assert target.find() == source.find()
    assert target.verify(source.head()).ok
    source.close()
    target.close()


def test_an_address_that_cannot_be_understood_is_a_wrong_configuration(clock: ManualClock) -> None:
    """Exit code 2, with an example of a right one."""
    with pytest.raises(ConfigurationError, match="cannot be understood") as error:
        open_ledger("postgresql://host:port/x", clock)
    assert "postgresql+psycopg://" in error.value.hint
