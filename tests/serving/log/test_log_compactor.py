"""From the spool into the tables: each row once, whatever goes wrong in between."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from tests.serving.log.logged import Logged
from workbench.ledger import Leases
from workbench.serving.log import delta_log, tidy
from workbench.serving.log.compactor import LEASE, Compactor
from workbench.serving.log.delta_log import DeltaLog
from workbench.serving.log.segment import listed


def test_only_what_no_worker_writes_any_more_is_moved(logged: Logged) -> None:
    """The rest stays where it is, and is still read."""
    busy, done = logged.spool(), logged.spool()
    ids = [logged.row(busy), logged.row(done), logged.row(done)]
    done.close()
    logged.spools.remove(done)
    assert logged.compact().rows == 2
    assert len(listed(logged.place.spool)) == 1
    assert logged.ids_logged() == sorted(ids)
    logged.close()
    result = logged.compact()
    assert (result.segments, result.rows, result.failures) == (1, 1, [])
    assert listed(logged.place.spool) == []
    assert logged.ids_logged() == sorted(ids)


def test_rows_lie_by_model_and_by_day_of_project_time(logged: Logged) -> None:
    """As any reader of Delta Lake finds them."""
    spool = logged.spool()
    for _ in range(3):
        logged.row(spool, prediction=[0.25, 0.75])
        logged.row(spool, model="other", prediction="yes")
        logged.clock.advance(timedelta(days=1))
    logged.close()
    assert logged.compact().rows == 6
    table = DeltaTable(logged.place.predictions("late"))
    days = sorted(Path(uri).parent.name for uri in table.file_uris())
    assert days == ["date=2013-01-01", "date=2013-01-02", "date=2013-01-03"]
    rows = pl.scan_delta(table).collect()
    assert rows["score"].to_list() == [[0.25, 0.75]] * 3
    assert rows["features"].to_list() == [{"distance": 100.0, "carrier": "AA"}] * 3
    assert rows["latency_us"].to_list() == [7] * 3
    other = pl.scan_delta(DeltaTable(logged.place.predictions("other"))).collect()
    assert (other["answer"].to_list(), other["score"].to_list()) == (["yes"] * 3, [None] * 3)


class Died(BaseException):
    """The compactor was killed."""


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        (DeltaLog, "open"),
        (DeltaLog, "write"),
        (DeltaLog, "_commit"),
        (DeltaLog, "_sync"),
        (Compactor, "_remove"),
        (Compactor, "_labels"),
    ],
)
def test_a_compactor_that_dies_at_a_step_loses_and_doubles_nothing(
    logged: Logged, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    """The next one goes on, for several segments of several workers."""
    expected = []
    for _ in range(3):
        spool = logged.spool()
        expected += [logged.row(spool) for _ in range(4)]
        logged.label(spool, 1, prediction_id=expected[-1])
        spool.close()
    logged.spools.clear()

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, die)
        with pytest.raises(Died):
            logged.compact()
    assert logged.ids_logged() == sorted(expected)
    logged.compact()
    assert logged.ids_logged() == sorted(expected)
    assert listed(logged.place.spool) == []
    labels = pl.scan_delta(DeltaTable(logged.place.labels("late"))).collect()
    assert labels.height == labels["label_id"].n_unique() == 3


def test_segments_are_remembered_for_as_long_as_the_table_lasts(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when Delta's log has gone into checkpoints: a segment that comes back is not taken again."""
    monkeypatch.setitem(delta_log._CONFIGURATION, "delta.checkpointInterval", "2")
    spool = logged.spool()
    expected = [logged.row(spool)]
    [(_, path)] = listed(logged.place.spool)
    copy = shutil.copy(path, logged.state / "copy")
    logged.close()
    logged.compact()
    for _ in range(6):
        spool = logged.spool()
        expected.append(logged.row(spool))
        logged.close()
        logged.compact()
    log = logged.place.predictions("late") / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))
    shutil.copy(copy, path)
    assert logged.ids_logged() == sorted(expected)
    result = logged.compact()
    assert (result.segments, result.rows) == (1, 0)
    assert logged.ids_logged() == sorted(expected)


def test_many_small_files_of_a_day_become_one(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows stand in it, also of versions with other columns."""
    monkeypatch.setattr(tidy, "FILES", 4)
    expected = []
    for version in range(1, 8):
        spool = logged.spool()
        named = [("distance", "integer" if version % 2 else "number"), (f"own{version}", "boolean")]
        expected.append(logged.row(spool, [version, True], named=named, version=version))
        logged.close()
        logged.compact()
    files = DeltaTable(logged.place.predictions("late")).file_uris()
    assert len(files) == 3
    rows = logged.log.window("late", *_year(logged), columns=["distance", "own3"])
    assert rows["prediction_id"].to_list() == sorted(expected)
    assert [row["distance"] for row in rows.sort("version")["features"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["own3"] for row in rows.sort("version")["features"]] == [None, None, True, *[None] * 4]


def test_deltas_own_log_does_not_grow_for_ever(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old entries go once a checkpoint holds them, and the rows stay."""
    monkeypatch.setitem(delta_log._CONFIGURATION, "delta.checkpointInterval", "3")
    monkeypatch.setitem(delta_log._CONFIGURATION, "delta.logRetentionDuration", "interval 0 days")
    ids = []
    for _ in range(10):
        spool = logged.spool()
        ids.append(logged.row(spool))
        logged.close()
        logged.compact()
    log = logged.place.predictions("late") / "_delta_log"
    assert DeltaTable(log.parent).version() == 11
    assert len(list(log.glob("*.json"))) < 8
    assert logged.ids_logged() == ids


def test_one_compacts_at_a_time(logged: Logged) -> None:
    """Whoever comes second does nothing, and says who is at it."""
    spool = logged.spool()
    logged.row(spool)
    logged.close()
    leases: Leases = logged.leases()
    with leases.acquire(LEASE, "another", timedelta(seconds=30)):
        assert logged.compact().busy == "another"
    with logged.compactor()._alone():
        assert "this machine" in str(logged.compact().busy)
    assert logged.compact().rows == 1


def test_large_amounts_are_taken_in_parts(logged: Logged) -> None:
    """So that the memory it needs does not grow with what waits."""
    expected = []
    for _ in range(5):
        spool = logged.spool()
        expected += [logged.row(spool) for _ in range(10)]
        spool.close()
    logged.spools.clear()
    result = logged.compactor(batch=3000).run_once()
    assert (result.segments, result.rows) == (5, 50)
    table = DeltaTable(logged.place.predictions("late"))
    assert 1 < table.version() < 5
    assert sum(pq.read_metadata(uri).num_rows for uri in table.file_uris()) == 50
    assert logged.ids_logged() == sorted(expected)


def _year(logged: Logged) -> tuple[datetime, datetime]:
    now = logged.clock.now()
    return now - timedelta(days=30), now + timedelta(days=1)
