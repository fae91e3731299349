"""Datasets: staged, committed, read."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.fs
import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, given, settings

from tests.data.tables import every_type, saved, tables
from workbench.data import Datasets, OutputRecord, fingerprint_table, stage_table, to_arrow
from workbench.errors import ConfigurationError, IntegrityError, StorageError, UnknownNameError, UsageError

SMALL = pa.table({"carrier": ["UA", "AA", None], "delay": [11, None, -3]})


def read_by_delta(location: Path, version: int) -> pa.Table:
    files = pa.fs.SubTreeFileSystem(str(location), pa.fs.LocalFileSystem())
    return DeltaTable(location, version=version).to_pyarrow_dataset(filesystem=files).to_table()


def test_a_record_says_what_was_staged(tmp_path: Path) -> None:
    """A staged table's record holds its name, rows, schema, fingerprint and files, and no version yet."""
    record = stage_table(SMALL, tmp_path / "out", "flights")
    (file,) = record["files"]
    assert json.loads(json.dumps(record)) == record
    assert (record["kind"], record["name"], record["rows"]) == ("dataset", "flights", 3)
    assert record["schema"] == [{"name": "carrier", "type": "string"}, {"name": "delay", "type": "int64"}]
    assert record["fingerprint"] == fingerprint_table(SMALL)
    assert file["path"] == "part-00000.parquet"
    assert file["size"] == (tmp_path / "out" / file["path"]).stat().st_size
    assert (record["version"], record["uri"]) == (None, None)


def test_every_type_survives(datasets: Datasets, tmp_path: Path) -> None:
    """Every type comes back as it was saved, also those that Delta Lake has no name for."""
    record = saved(datasets, tmp_path / "out", every_type())
    back = datasets.read(record, as_="arrow")
    assert back.schema.equals(every_type().schema)
    assert fingerprint_table(back) == record["fingerprint"] == fingerprint_table(every_type())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tables())
def test_whatever_is_saved_is_read_back(tmp_path: Path, table: pa.Table) -> None:
    """Any table read back has the fingerprint it was saved with, in Arrow and through pandas."""
    if len({name.casefold() for name in table.column_names}) < table.num_columns:
        return
    folder = tmp_path / os.urandom(8).hex()
    datasets = Datasets(folder / "data")
    record = saved(datasets, folder / "out", table)
    assert fingerprint_table(datasets.read(record, as_="arrow")) == record["fingerprint"]
    assert len(datasets.read(record)) == table.num_rows


def test_other_tools_read_every_version(datasets: Datasets, tmp_path: Path) -> None:
    """Polars, DuckDB and deltalake read each version, across changes of schema, none ever expiring."""
    versions = [
        SMALL,
        every_type(),
        SMALL.slice(0, 0),
        pa.table({"x": [1]}),
        *[SMALL.slice(i) for i in (1, 2)],
    ]
    for number, table in enumerate(versions, 1):
        record = saved(datasets, tmp_path / str(number), table)
        assert record["version"] == number
    location = datasets.location("flights")
    for number, table in enumerate(versions, 1):
        names, rows = table.column_names, table.num_rows
        assert read_by_delta(location, number).shape == (rows, len(names))
        frame = pl.read_delta(str(location), version=number)
        assert (frame.columns, frame.height) == (names, rows)
        assert duckdb.from_arrow(read_by_delta(location, number)).columns == names
    assert DeltaTable(location).metadata().configuration["delta.enableExpiredLogCleanup"] == "false"


def test_types_that_delta_knows_are_read_by_other_tools_as_saved(datasets: Datasets, tmp_path: Path) -> None:
    """What Delta Lake has a type for, other tools see with that type and the same values."""
    known = ["int64", "float64", "bool", "text", "date", "naive", "utc", "decimal", "list", "struct"]
    table = every_type().select(known)
    saved(datasets, tmp_path / "out", table)
    by_delta = read_by_delta(datasets.location("flights"), 1)
    by_polars = pl.read_delta(str(datasets.location("flights")))
    assert fingerprint_table(by_delta) == fingerprint_table(table)
    assert fingerprint_table(to_arrow(by_polars)) == fingerprint_table(table)


def test_the_delta_log_says_how_many_rows_and_why(datasets: Datasets, tmp_path: Path) -> None:
    """Each file's action carries its rows, the commit the fingerprint and whose it was."""
    record = saved(datasets, tmp_path / "out", SMALL)
    log = datasets.location("flights") / "_delta_log" / f"{record['version']:020d}.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    added = [action["add"] for action in actions if "add" in action]
    info = next(action["commitInfo"] for action in actions if "commitInfo" in action)
    assert [json.loads(add["stats"])["numRecords"] for add in added] == [3]
    assert info["workbench.fingerprint"] == record["fingerprint"]
    assert (info["workbench.run"], info["workbench.stage"]) == ("r1", "features")


def test_an_old_version_is_read_as_it_was(datasets: Datasets, tmp_path: Path) -> None:
    """A record keeps naming its own rows when newer versions exist."""
    old = saved(datasets, tmp_path / "1", SMALL)
    saved(datasets, tmp_path / "2", pa.table({"other": [1.5]}))
    assert datasets.read(old, as_="arrow").equals(SMALL)


def test_what_was_staged_only_is_read_where_it_lies(datasets: Datasets, tmp_path: Path) -> None:
    """A dataset that was never committed can be read by its record, and is no version to keep."""
    record = stage_table(SMALL, tmp_path / "out", "flights")
    record["uri"] = str(tmp_path / "out")
    assert datasets.read(record, as_="arrow").equals(SMALL)
    assert datasets.commit_if_new(record, tmp_path / "out", record)["version"] == 1


def test_only_the_columns_asked_for_are_read_in_that_order(datasets: Datasets, tmp_path: Path) -> None:
    """Columns are chosen by exact name, dots in it included."""
    table = pa.table({"a": [1], "a.b": [2], "c": [{"d": 3}]})
    record = saved(datasets, tmp_path / "out", table)
    assert datasets.read(record, columns=["c", "a"], as_="arrow").column_names == ["c", "a"]
    assert datasets.read(record, columns=["a.b"]).to_dict("list") == {"a.b": [2]}
    assert datasets.read(record, columns="a.b").to_dict("list") == {"a.b": [2]}
    with pytest.raises(UnknownNameError, match=r"Did you mean 'a\.b'"):
        datasets.read(record, columns=["a_b"])


def test_a_commit_shares_its_bytes_with_the_staged_file(datasets: Datasets, tmp_path: Path) -> None:
    """Committing copies nothing, and neither name can be written through any more."""
    record = saved(datasets, tmp_path / "out", SMALL)
    table_file = datasets.location("flights") / record["files"][0]["path"]
    staged = tmp_path / "out" / "part-00000.parquet"
    assert table_file.samefile(staged)
    assert staged.stat().st_mode & 0o222 == 0


def test_a_commit_copies_where_links_are_impossible(
    datasets: Datasets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between file systems the file is copied, and the version is the same."""

    def refuse(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    record = saved(datasets, tmp_path / "out", SMALL)
    location = datasets.location("flights")
    assert datasets.read(record, as_="arrow").equals(SMALL)
    assert not list(location.glob(".*"))


def test_the_same_content_makes_no_new_version(datasets: Datasets, tmp_path: Path) -> None:
    """What the catalog names already is kept, however the table was encoded this time."""
    current = saved(datasets, tmp_path / "1", SMALL)
    encoded = SMALL.set_column(0, "carrier", SMALL["carrier"].dictionary_encode())
    again = stage_table(encoded, tmp_path / "2", "flights")
    assert datasets.commit_if_new(again, tmp_path / "2", current) == current
    other = stage_table(SMALL.slice(1), tmp_path / "3", "flights")
    assert datasets.commit_if_new(other, tmp_path / "3", current)["version"] == 2
    assert datasets.commit_if_new(other, tmp_path / "3", None)["version"] == 2


def test_the_same_content_mends_a_damaged_version(datasets: Datasets, tmp_path: Path) -> None:
    """A current version whose file was lost is not kept: the same content is committed again."""
    current = saved(datasets, tmp_path / "1", SMALL)
    (datasets.location("flights") / current["files"][0]["path"]).unlink()
    again = stage_table(SMALL, tmp_path / "2", "flights")
    mended = datasets.commit_if_new(again, tmp_path / "2", current)
    assert datasets.read(mended, as_="arrow").equals(SMALL)


def test_committing_again_after_a_kill_gives_the_same_version(datasets: Datasets, tmp_path: Path) -> None:
    """A version whose event was never written is taken up, not made twice; an older content is made anew."""
    first = saved(datasets, tmp_path / "1", SMALL)
    assert saved(datasets, tmp_path / "2", SMALL) == first
    second = saved(datasets, tmp_path / "3", SMALL.slice(1))
    third = saved(datasets, tmp_path / "4", SMALL)
    assert [r["version"] for r in (first, second, third)] == [1, 2, 3]
    assert read_by_delta(datasets.location("flights"), 3).num_rows == 3


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda found: found[:40] + bytes([found[40] ^ 1]) + found[41:],
    "cut off": lambda found: found[:-10],
    "longer": lambda found: found + b"x",
    "empty": lambda found: b"",
    "no Parquet": lambda found: b"\0" * len(found),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_bytes_are_never_parsed(
    datasets: Datasets, tmp_path: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not what was recorded is named before any parser sees it."""
    record = saved(datasets, tmp_path / "out", SMALL)
    path = datasets.location("flights") / record["files"][0]["path"]
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(damage(content))
    monkeypatch.delattr("pyarrow.parquet.ParquetFile")
    with pytest.raises(IntegrityError) as caught:
        datasets.read(record)
    assert caught.value.path == str(path)
    assert str(path) in caught.value.message


def test_a_staged_file_changed_before_its_commit_is_refused(datasets: Datasets, tmp_path: Path) -> None:
    """The runner commits the bytes that the kernel recorded, or none."""
    record = stage_table(SMALL, tmp_path / "out", "flights")
    (tmp_path / "out" / "part-00000.parquet").write_bytes(b"PAR1 something else PAR1")
    with pytest.raises(IntegrityError):
        datasets.commit(record, tmp_path / "out", {})
    (tmp_path / "out" / "part-00000.parquet").unlink()
    with pytest.raises(IntegrityError, match="No such file"):
        datasets.commit(record, tmp_path / "out", {})
    assert not datasets.location("flights").exists()


def test_a_file_record_cannot_lead_out_of_the_table(datasets: Datasets, tmp_path: Path) -> None:
    """A path with `..` in a record is refused, whatever lies there."""
    record = saved(datasets, tmp_path / "out", SMALL)
    record["files"][0]["path"] = "../../secret"
    with pytest.raises(IntegrityError, match="does not lie inside"):
        datasets.read(record)


def test_concurrent_committers_lose_nothing(datasets: Datasets, tmp_path: Path) -> None:
    """Many commits of one table at once all get versions of their own, each holding exactly its rows."""
    done: list[tuple[OutputRecord, pa.Table]] = []
    together = threading.Barrier(6)

    def work(worker: int) -> None:
        together.wait()
        for turn in range(3):
            table = pa.table({f"w{worker % 2}": list(range(worker * 10 + turn + 1))})
            done.append((saved(datasets, tmp_path / f"{worker}-{turn}", table), table))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(record["version"] or 0 for record, _ in done) == list(range(1, 19))
    for record, table in done:
        assert datasets.read(record, as_="arrow").equals(table)
        assert read_by_delta(datasets.location("flights"), record["version"] or 0).num_rows == table.num_rows


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        (pa.table({"a": [1], "A": [2]}), "'a' and 'A' have the same name", "Rename"),
        (pa.table([[1], [2]], names=["a", "a"]), "'a' and 'a' have the same name", "Rename"),
        (pa.table({" ": [1]}), "empty name ' '", "Rename"),
        (pa.table({}), "at least one column", "Add one"),
        (pa.table({"t": pa.array([1], pa.timestamp("ns"))}), "Column 't' of type timestamp[ns]", "round"),
        (pa.table({"i": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}), "Column 'i'", "Turn it"),
        (pa.table({"u": pa.array([b"0" * 16], pa.uuid())}), "Column 'u'", "Turn it"),
    ],
)
def test_what_delta_cannot_hold_is_refused(tmp_path: Path, table: pa.Table, said: str, hint: str) -> None:
    """The message names the column and what to do, and nothing is written."""
    with pytest.raises(UsageError) as caught:
        stage_table(table, tmp_path / "out", "flights")
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_is_no_delta_table_is_a_storage_error(datasets: Datasets, tmp_path: Path) -> None:
    """A broken log is named with what to do; the staged output stays."""
    log = datasets.location("flights") / "_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020d}.json").write_text("not a log\n")
    with pytest.raises(StorageError, match="Move its _delta_log away"):
        saved(datasets, tmp_path / "out", SMALL)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b"])
def test_a_name_that_is_no_folder_is_refused(datasets: Datasets, name: str) -> None:
    """Dataset names stay inside the data folder."""
    with pytest.raises(ConfigurationError, match="cannot be named"):
        datasets.location(name)


def test_an_object_store_is_refused_for_now() -> None:
    """A URL as the data folder says that it is not supported, rather than making a folder `s3:`."""
    with pytest.raises(ConfigurationError, match="not supported yet"):
        Datasets("s3://bucket/data")
