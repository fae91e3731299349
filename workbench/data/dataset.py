"""Datasets: tables whose every version is a set of files that never change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.delta import TableFile, commit_files
from workbench.data.digest import as_digest, digest_folder, open_verified, sha256_file, verify_files
from workbench.data.durable import cannot_write, link_or_copy, replacing
from workbench.data.fingerprint import fingerprint_table
from workbench.data.frame import from_arrow, to_arrow
from workbench.data.record import OutputRecord
from workbench.data.schema import type_name
from workbench.data.storage import read_parquet, write_parquet
from workbench.errors import ConfigurationError, IntegrityError, StorageError, UnknownNameError

if TYPE_CHECKING:
    import pyarrow as pa

_PART = "part-00000"


def stage_table(table: Any, folder: str | Path, name: str) -> OutputRecord:
    """Write a table as Parquet into an attempt's space and return its record, not yet a version.

    Args:
        table: whatever `to_arrow` takes.
        folder: the output's own folder; the file in it is whole or absent.
        name: the dataset's name.

    Raises:
        UsageError: it is not a table, or holds what Delta Lake has no type for.
        StorageError: the disk is full.
    """
    content = to_arrow(table)
    with replacing(Path(folder) / f"{_PART}.parquet") as stream:
        write_parquet(content, stream)
    return {
        "kind": "dataset",
        "name": name,
        "fingerprint": fingerprint_table(content),
        "rows": content.num_rows,
        "schema": [{"name": f.name, "type": type_name(f.type)} for f in content.schema],
        "files": [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)],
        "version": None,
        "uri": None,
    }


class Datasets:
    """The project's Delta tables, one folder each below `root`.

    Whatever lies here became visible by an event of the ledger alone: a version or a file that no record
    names is the rest of a killed runner and harms nobody. Reading follows the record, never Delta's latest.
    """

    def __init__(self, root: str | Path) -> None:
        if "://" in str(root):
            raise ConfigurationError(
                f"Datasets are kept in a folder, but stores.data is {str(root)!r}.",
                hint="Give a path; object stores are not supported yet.",
                file="workbench.toml",
                key="stores.data",
            )
        self.root = Path(root)

    def commit(
        self, record: OutputRecord, folder: str | Path, metadata: Mapping[str, str] | None = None
    ) -> OutputRecord:
        """Make a staged table a version of its dataset, without copying its bytes where links are possible.

        Args:
            record: what `stage_table` returned.
            folder: where it was staged; the files stay there too, read-only from now on.
            metadata: facts for the Delta log (run, stage); keys get the prefix `workbench.`.

        Returns:
            The record with `version`, `uri`, and the files as they are named in the table.

        Raises:
            IntegrityError: the staged bytes are not those recorded.
            StorageError: the disk is full, or the table's folder is no Delta table.
        """
        table = self.location(record["name"])
        verify_files(folder, record["files"])
        try:
            table.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(table, error) from error
        adopted = [_adopt(Path(folder), table, file) for file in record["files"]]
        facts = {f"workbench.{key}": value for key, value in (metadata or {}).items()}
        facts["workbench.fingerprint"] = record["fingerprint"]
        files, schema = _described(table, adopted)
        version = commit_files(table, schema, files, facts)
        return {**record, "version": version, "uri": str(table), "files": adopted}

    def commit_if_new(
        self,
        record: OutputRecord,
        folder: str | Path,
        current: OutputRecord | None,
        metadata: Mapping[str, str] | None = None,
    ) -> OutputRecord:
        """Commit a staged table, or return `current` when it has the same content already.

        Args:
            record: what `stage_table` returned.
            folder: where it was staged.
            current: what `Catalog.current` says of this name.
            metadata: facts for the Delta log.

        Raises:
            IntegrityError: the staged bytes are not those recorded.
            StorageError: the disk is full, or the table's folder is no Delta table.
        """
        if current is not None and self._has(current, record["fingerprint"]):
            return current
        return self.commit(record, folder, metadata)

    def read(self, record: OutputRecord, *, columns: Sequence[str] | None = None, as_: str = "pandas") -> Any:
        """Read the version that a record names, every file's digest checked before it is parsed.

        Args:
            record: of a committed dataset, or of a staged one whose `uri` says where it lies.
            columns: only these, in this order.
            as_: "pandas", "polars", "arrow" or "duckdb"; `from_arrow` says which types come out.

        Raises:
            UnknownNameError: the dataset has no such column.
            IntegrityError: bytes differ from those recorded; nothing was parsed.
        """
        import pyarrow as pa

        known = [column["name"] for column in record["schema"]]
        columns = [columns] if isinstance(columns, str) else columns
        for name in columns or ():
            if name not in known:
                raise UnknownNameError(f"column of dataset {record['name']!r}", name, known)
        wanted = known if columns is None else list(columns)
        folder = self._folder(record)
        parts = [_parse(folder, file, wanted) for file in record["files"]]
        return from_arrow(pa.concat_tables(parts), as_)

    def location(self, name: str) -> Path:
        """Return the folder of a dataset's Delta table, for whoever reads it with other tools.

        Raises:
            ConfigurationError: the name cannot be a folder's.
        """
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
            raise ConfigurationError(
                f"A dataset cannot be named {name!r}.",
                hint="Use letters, digits, '_', '-' and '.', beginning with a letter, a digit or '_'.",
                file="workbench.toml",
                key="outputs",
            )
        return self.root / name

    def _folder(self, record: OutputRecord) -> Path:
        staged = record["uri"] if record["version"] is None else None
        return Path(staged) if staged else self.location(record["name"])

    def _has(self, record: OutputRecord, fingerprint: str) -> bool:
        """Whether a record is of a version with this content whose files are whole."""
        if record["kind"] != "dataset" or record["version"] is None or record["fingerprint"] != fingerprint:
            return False
        try:
            verify_files(self.location(record["name"]), record["files"], exact=False)
        except IntegrityError:
            return False
        return True


def _adopt(folder: Path, table: Path, file: Any) -> Any:
    """Give a staged file its name in the table: its content's, so that adopting it again changes nothing."""
    found = as_digest(file)
    target = table / f"{_PART}-{found.sha256}.parquet"
    if not target.exists() or sha256_file(target) != found.sha256:
        link_or_copy(folder / found.path, target)
    return {"path": target.name, "size": found.size, "sha256": found.sha256}


def _described(table: Path, files: Sequence[Any]) -> tuple[list[TableFile], pa.Schema]:
    import pyarrow.parquet as pq

    footers = [pq.read_metadata(table / file["path"]) for file in files]
    described = [
        TableFile(f["path"], f["size"], footer.num_rows) for f, footer in zip(files, footers, strict=True)
    ]
    return described, footers[0].schema.to_arrow_schema().remove_metadata()


def _parse(table: Path, file: Any, columns: list[str]) -> pa.Table:
    import pyarrow as pa

    with open_verified(table, file) as stream:
        try:
            return read_parquet(stream, columns)
        except (pa.ArrowException, OSError) as error:
            raise StorageError(
                f"{table / file['path']} has the recorded bytes, but cannot be read: {error}.",
                hint="It was not written by this version of the workbench; run its stage again with --force.",
                store=str(table),
            ) from error
