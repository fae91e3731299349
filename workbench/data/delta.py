"""Commits of finished Parquet files to a Delta table, one whole version at a time."""

from __future__ import annotations

import errno
import json
import random
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.data.durable import cannot_write, sync_file
from workbench.errors import ConflictError, StorageError

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

_TRIES = 60
_ASIDE = "Move its _delta_log away and run again: the next commit makes a new one."
_KEEP = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


class TableFile(NamedTuple):
    """A Parquet file that lies in a table's folder: its name, its size in bytes, its rows."""

    path: str
    size: int
    rows: int


def commit_files(
    table: Path, schema: pa.Schema, files: Sequence[TableFile], metadata: Mapping[str, Any]
) -> int:
    """Make a version of a Delta table that consists of exactly these files, and return its number.

    Every version stays readable: neither log nor files expire. When the newest version consists of these
    files already (a killed runner's, whose event was never written), it is that one. A committer that was
    overtaken begins again on top of the other's version.

    Raises:
        StorageError: the disk is full, or what lies in `table` is no Delta table.
        ConflictError: others were first again and again.
    """
    from deltalake.exceptions import CommitFailedError, DeltaError

    for attempt in range(_TRIES):
        try:
            version = _try(table, schema, files, metadata)
        except CommitFailedError:
            version = None
        except DeltaError as error:
            raise _broken(table, error) from error
        except OSError as error:
            raise cannot_write(table / "_delta_log", error) from error
        if version is not None:
            return version
        time.sleep(random.uniform(0, 0.01 * min(attempt + 1, 20)))
    raise ConflictError(
        f"{table} was committed to by others {_TRIES} times while this version was being committed.",
        hint="Nothing is lost; run again when fewer runs write this dataset.",
        stream=str(table),
        expected=None,
        actual=None,
    )


def _try(
    table: Path, schema: pa.Schema, files: Sequence[TableFile], metadata: Mapping[str, Any]
) -> int | None:
    from deltalake import CommitProperties, PostCommitHookProperties

    newest = _open(table)
    names = {file.path for file in files}
    if _active(newest) == names:
        return newest.version()
    token = uuid.uuid4().hex
    newest.create_write_transaction(
        [_add_action(table, file) for file in files],
        mode="overwrite",
        schema=schema,
        commit_properties=CommitProperties(custom_metadata={**metadata, "workbench.commit": token}),
        post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
    )
    version = _version_of(table, token, newest.version())
    if _active(_open(table, version)) == names:
        return version
    if version == newest.version() + 1:  # nobody was in between, so the log itself is not what was written
        raise _damaged(table, f"version {version}, committed alone, does not hold what was committed")
    return None


def _open(table: Path, version: int | None = None) -> DeltaTable:
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(table, version=version)
    except TableNotFoundError:
        _create(table)
        return DeltaTable(table, version=version)


def _create(table: Path) -> None:
    """Give a folder the log of an empty table, unless somebody else does so first.

    Version 0 has a zoneless time, because deltalake declares the feature that Delta wants for those only
    when a table is created; a column added later would make a log that nobody can open. And the log is moved
    in whole, because two creators at once would make two creations, the second hiding the first's rows.
    """
    import pyarrow as pa
    from deltalake import DeltaTable, Schema

    aside = table / f".create-{uuid.uuid4().hex}"
    empty = Schema.from_arrow(pa.schema([("created", pa.timestamp("us"))]))
    try:
        DeltaTable.create(aside, empty, configuration=_KEEP)
        (aside / "_delta_log").rename(table / "_delta_log")
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _active(table: DeltaTable) -> set[str]:
    return {uri.rpartition("/")[2] for uri in table.file_uris()}


def _add_action(table: Path, file: TableFile) -> Any:
    from deltalake.transaction import AddAction

    return AddAction(
        path=file.path,
        size=file.size,
        partition_values={},
        modification_time=int((table / file.path).stat().st_mtime * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": file.rows}),
    )


def _version_of(table: Path, token: str, after: int) -> int:
    version = after
    while (log := _log_file(table, version := version + 1)).exists():
        actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
        if any(action.get("commitInfo", {}).get("workbench.commit") == token for action in actions):
            sync_file(log)
            return version
    raise _damaged(table, f"the commit was accepted, but no version after {after} holds it")


def _damaged(table: Path, what: str) -> StorageError:
    return StorageError(
        f"The Delta log of {table} is damaged: {what}. What is committed can be read all the same.",
        hint=_ASIDE,
        store=str(table),
    )


def _log_file(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020d}.json"


def _broken(table: Path, error: Exception) -> StorageError:
    found = cannot_write(table, error)
    if "no space left" not in found.message.lower():
        found.hint = _ASIDE
    return found
