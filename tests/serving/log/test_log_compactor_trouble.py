from __future__ import annotations

import resource
import secrets
import shutil
from datetime import timedelta

import pytest

from tests.serving.log.logged import END, START, Logged
from workbench.errors import StorageError
from workbench.serving.log.segment import listed


def test_a_broken_segment_gives_what_is_whole_and_is_kept_aside(logged: Logged) -> None:
    """Somebody may want to look at it."""
    spool = logged.spool()
    ids = [logged.row(spool) for _ in range(3)]
    [(_, path)] = listed(logged.place.spool)
    logged.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    result = logged.compact()
    assert result.rows == 2
    assert result.damaged > 0
    assert logged.ids_logged() == [ids[0], ids[2]]
    assert [each.name for each in logged.place.damaged.iterdir()] == [path.name]
    assert logged.compact().segments == 0


def test_a_record_cut_off_at_the_end_is_no_damage(logged: Logged) -> None:
    """Its worker died before it answered."""
    spool = logged.spool()
    ids = [logged.row(spool) for _ in range(3)]
    [(_, path)] = listed(logged.place.spool)
    logged.close()
    path.write_bytes(path.read_bytes()[:-5])
    result = logged.compact()
    assert (result.rows, result.damaged) == (2, 0)
    assert logged.ids_logged() == ids[:2]
    assert listed(logged.place.spool) == []


def test_a_table_that_cannot_be_written_holds_nobody_else_up(logged: Logged) -> None:
    """Its rows wait, are read all the same, and arrive when it can."""
    blocked = logged.place.predictions("late")
    blocked.parent.mkdir(parents=True)
    blocked.write_text("not a folder")
    first, second = logged.spool(), logged.spool()
    late, other = [logged.row(first)], [logged.row(first, model="other"), logged.row(second, model="other")]
    logged.close()
    result = logged.compact()
    assert len(result.failures) == 1
    assert str(blocked) in result.failures[0]
    assert (result.rows, result.segments) == (2, 1)
    blocked.unlink()
    assert logged.ids_logged() == late
    result = logged.compact()
    assert (result.rows, result.segments, result.failures) == (1, 1, [])
    assert logged.ids_logged() == late
    rows = logged.log.window("other", START, END)
    assert rows["prediction_id"].to_list() == sorted(other)


def test_a_full_disk_under_the_tables_costs_no_row(logged: Logged) -> None:
    """What does not fit waits in the spool, and goes when there is room."""
    ids = []
    for n in range(3):
        spool = logged.spool()
        ids += [logged.row(spool, [float(n), secrets.token_hex(4000)]) for _ in range(20)]
        spool.close()
    logged.spools.clear()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    logged.leases().acquire("opened", "before the disk was full", timedelta(seconds=1)).release()
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))  # of each file: a full disk cuts off alike
    try:
        result = logged.compact()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written" in result.failures[0]
    assert result.segments == 0
    assert logged.ids_logged() == sorted(ids)
    assert logged.compact().rows == 60
    assert logged.ids_logged() == sorted(ids)
    assert not list(logged.place.predictions("late").rglob("*.tmp"))


def test_a_power_cut_after_a_commit_costs_no_row(logged: Logged) -> None:
    """Delta's log came back empty at its end, and the segment, whose removal was lost too, is still there."""
    first = logged.spool()
    expected = [logged.row(first)]
    logged.close()
    logged.compact()
    spool = logged.spool()
    expected.append(logged.row(spool))
    [(_, path)] = listed(logged.place.spool)
    copy = shutil.copy(path, logged.state / "copy")
    logged.close()
    logged.compact()
    newest = max((logged.place.predictions("late") / "_delta_log").glob("*.json"))
    newest.write_bytes(b"")
    shutil.copy(copy, path)
    assert logged.compact().rows == 1
    assert logged.ids_logged() == sorted(expected)


def test_a_damaged_table_is_said_and_nothing_is_lost(logged: Logged) -> None:
    """Its rows wait in the spool."""
    spool = logged.spool()
    logged.row(spool)
    logged.close()
    logged.compact()
    log = logged.place.predictions("late") / "_delta_log"
    (log / "00000000000000000000.json").write_text('{"protocol": {"minReaderVersion": "x"}}\n')
    spool = logged.spool()
    logged.row(spool)
    logged.close()
    result = logged.compact()
    assert "Nothing is lost: the rows stay in the spool" in result.failures[0]
    assert len(listed(logged.place.spool)) == 1
    with pytest.raises(StorageError, match="cannot be written or read"):
        logged.ids_logged()
