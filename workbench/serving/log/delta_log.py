"""The Delta tables that the log is compacted into, partitioned by date; only the compactor writes them."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.durable import cannot_write, replacing, sync_file, sync_folder
from workbench.errors import StorageError
from workbench.serving.log.tables import completed

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

DATE = "date"
_ROW_GROUP = 50_000
_LOG = "_delta_log"
_CONFIGURATION = {"delta.checkpointInterval": "50", "delta.logRetentionDuration": "interval 2 days"}


class DeltaLog:
    """A table that rows are appended to.

    Args:
        folder: the table's.
        time_column: whose day is a row's partition.
        order: the column that rows are sorted by in each file.
    """

    def __init__(self, folder: Path, time_column: str, order: str) -> None:
        self.folder = folder
        self._time = time_column
        self._order = order
        self._table: DeltaTable | None = None

    def open(self, schema: pa.Schema) -> None:
        """Open the table, making it with these columns when there is none.

        Raises:
            StorageError: its log is damaged, or the disk is full.
        """
        from deltalake import DeltaTable, Schema

        self._table = load(self.folder, mend=True)
        if self._table is None:
            with _Refusals(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                self._table = DeltaTable.create(
                    self.folder,
                    Schema.from_arrow(_partitioned(schema)),
                    partition_by=[DATE],
                    configuration=_CONFIGURATION,
                )

    @property
    def fields(self) -> list[pa.Field]:
        """The fields of the column `features`."""
        schema = self._schema
        return list(schema.field("features").type) if "features" in schema.names else []

    def taken(self, spool: str) -> int:
        """Return the number of the last segment of a spool whose rows are here, 0 before the first."""
        return self._opened.transaction_version(spool) or 0

    def append(self, rows: pa.Table, taken: Mapping[str, int]) -> None:
        """Append rows, all or none, together with the numbers of the segments that they come from.

        When it returns, they are on the disk.

        Raises:
            StorageError: the disk is full.
        """
        from deltalake import CommitProperties, Transaction, write_deltalake

        with _Refusals(self.folder):
            schema = _partitioned(rows.schema)
            if self._grows(schema):
                write_deltalake(self._opened, schema.empty_table(), mode="append", schema_mode="merge")
                self._reload()
            actions = self.write(rows)
            transactions = [Transaction(spool, number) for spool, number in sorted(taken.items())]
            self._commit(actions, schema, CommitProperties(app_transactions=transactions))

    def write(self, rows: pa.Table) -> list[Any]:
        """Write rows as files, one for each day, and return what adds them to the table."""
        import pyarrow.compute as pc

        rows = rows.sort_by(self._order)
        days = pc.strftime(rows[self._time], format="%Y-%m-%d")
        found = sorted(days.unique().to_pylist())
        if len(found) == 1:
            return [self._write_file(rows, found[0])]
        return [self._write_file(rows.filter(pc.equal(days, day)), day) for day in found]

    def read(self, paths: Sequence[str]) -> pa.Table:
        """Return the rows of some of the table's files."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([field for field in self._schema if field.name != DATE])
        parts = [pq.ParquetFile(self.folder / path).read() for path in paths]
        return pa.concat_tables([completed(part, schema).cast(schema) for part in parts])

    def exchange(self, add: Sequence[Any], remove: Sequence[tuple[str, int]], day: str) -> None:
        """Put files in the place of others of the same day that hold the same rows."""
        from deltalake.transaction import RemoveAction

        now = int(time.time() * 1000)
        with _Refusals(self.folder):
            gone = [RemoveAction(path, False, now, size, {DATE: day}) for path, size in remove]
            self._commit([*add, *gone], self._schema, None)

    def files(self) -> list[tuple[str, int, str]]:
        """Return path, size and day of the table's files."""
        import pyarrow as pa

        actions = pa.table(self._opened.get_add_actions(flatten=True))
        days = [str(day) for day in actions[f"partition.{DATE}"].to_pylist()]
        return list(zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), days, strict=True))

    def vacuum(self, hours: int) -> None:
        """Delete the files that have belonged to no version for so long."""
        with _Refusals(self.folder):
            self._opened.vacuum(hours, dry_run=False, enforce_retention_duration=False)
            self._reload()

    @property
    def _opened(self) -> DeltaTable:
        assert self._table is not None, "open it first"
        return self._table

    @property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        return pa.schema(self._opened.schema().to_arrow())

    def _reload(self) -> None:
        self._table = load(self.folder)

    def _grows(self, schema: pa.Schema) -> bool:
        known = self._schema
        if "features" not in schema.names or "features" not in known.names:
            return set(schema.names) > set(known.names)
        have = {field.name for field in known.field("features").type}
        return any(field.name not in have for field in schema.field("features").type)

    def _write_file(self, rows: pa.Table, day: str) -> Any:
        import pyarrow.parquet as pq
        from deltalake.transaction import AddAction

        path = f"{DATE}={day}/part-{uuid.uuid4().hex}.zstd.parquet"
        with replacing(self.folder / path) as stream:
            pq.write_table(rows, stream, compression="zstd", row_group_size=_ROW_GROUP, store_schema=False)
        stat = (self.folder / path).stat()
        statistics = json.dumps({"numRecords": rows.num_rows})
        return AddAction(path, stat.st_size, {DATE: day}, int(stat.st_mtime * 1000), True, statistics)

    def _commit(self, actions: Sequence[Any], schema: pa.Schema, properties: Any) -> None:
        before = self._opened.version()
        self._opened.create_write_transaction(
            list(actions), mode="append", schema=schema, partition_by=[DATE], commit_properties=properties
        )
        self._reload()
        self._sync(before)

    def _sync(self, before: int) -> None:
        """Make every file of the log since a version survive a power cut."""
        log = self.folder / _LOG
        for version in range(before + 1, self._opened.version() + 1):
            for path in log.glob(f"{version:020d}.*"):
                sync_file(path)
        newest = log / "_last_checkpoint"
        if newest.exists():
            sync_file(newest)
        sync_folder(self.folder)


def load(folder: Path, *, mend: bool = False) -> DeltaTable | None:
    """Open a Delta table at its newest version; None: there is none.

    Args:
        folder: the table's.
        mend: first put aside the files that a power cut left empty or cut off at the end of its log: their
            rows were not acknowledged by a flush, so their segments are still in the spool.

    Raises:
        StorageError: its log is damaged.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    if not (folder / _LOG).is_dir():
        return None
    if mend:
        _mend(folder / _LOG)
    try:
        return DeltaTable(folder)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        raise _broken(folder, error) from error


def _mend(log: Path) -> None:
    versions = sorted(path for path in log.glob("*.json") if path.stem.isdecimal())
    for path in [*versions[-1:], log / "_last_checkpoint", *log.glob("*.checkpoint.parquet")]:
        if path.exists() and not _whole(path):
            path.rename(path.with_name(f"{path.name}.cut-off"))


def _whole(path: Path) -> bool:
    if path.stat().st_size == 0:
        return False
    if path.suffix == ".parquet":
        return True
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            json.loads(line)
    except ValueError:
        return False
    return True


class _Refusals:
    """Turns what Delta and the disk refuse into one sentence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        import pyarrow as pa
        from deltalake.exceptions import DeltaError

        if isinstance(error, DeltaError | pa.ArrowException) or type(error) is Exception:
            raise _broken(self._folder, error) from error
        if isinstance(error, OSError):
            raise cannot_write(self._folder, error) from error


def _broken(folder: Path, error: Exception) -> StorageError:
    said = str(error).splitlines()
    return StorageError(
        f"The prediction log's table {folder} cannot be written or read: {said[0] if said else error!r}.",
        hint=f"Nothing is lost: the rows stay in the spool. Mend or move away {folder / _LOG}.",
        store=os.fspath(folder),
    )


def _partitioned(schema: pa.Schema) -> pa.Schema:
    import pyarrow as pa

    return schema if DATE in schema.names else schema.append(pa.field(DATE, pa.date32()))
