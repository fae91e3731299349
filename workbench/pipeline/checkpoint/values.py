"""The values of a checkpoint, each in a form that gives back exactly what was kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.tracking.trust import Trust

_TABLE = "table.arrow"
_TABLES = ("pandas", "polars", "pyarrow")
_CHANGED = ("figure", "file")  # formats of artifacts that come back as something else
_WHAT = "Keep a table, a model, a NumPy array, a text, or numbers, lists and dicts of these."


def store_value(value: Any, folder: Path, name: str, trust: Callable[[], Trust]) -> dict[str, Any]:
    """Write a value into an empty folder and return its record.

    Raises:
        UsageError: it would not come back as what it is.
        StorageError: the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    origin = type(value).__module__.partition(".")[0]
    if origin in _TABLES and not hasattr(value, "predict"):
        return _store_table(value, folder, name, origin)
    from workbench.pipeline.keep import keep

    if origin in ("duckdb", "_duckdb"):
        raise UsageError(f"{name} belongs to a connection to DuckDB.", hint=f"Keep {name}={name}.df().")
    record = dict(keep(value, folder, name, trust=trust))
    if record.get("format") in _CHANGED:
        raise UsageError(f"{name} is a {type(value).__name__}, which cannot be kept as it is.", hint=_WHAT)
    if record.get("format") == "json" and not _same_json(value):
        raise UsageError(
            f"{name} holds tuples, or keys that are no texts, which come back as lists and texts.",
            hint="Turn tuples into lists and keys into texts, or make it anew below the checkpoint.",
        )
    return record


def load_value(record: Mapping[str, Any], folder: Path, trust: Callable[[], Trust]) -> Any:
    """Return a kept value, its bytes checked first.

    Raises:
        IntegrityError: bytes differ from those recorded.
    """
    if record["kind"] == "table":
        return _load_table(record, folder)
    if record["kind"] == "model":
        from workbench.tracking.model_store import load_model

        return load_model(dict(record), folder, trust=trust())
    from workbench.data import load_artifact

    return load_artifact(dict(record), folder)


def _store_table(value: Any, folder: Path, name: str, origin: str) -> dict[str, Any]:
    import pyarrow as pa

    from workbench.data import digest_folder

    kind = type(value).__name__
    try:
        table = _as_arrow(value, origin, kind)
        if not _as_it_was(value, _from_arrow(table, origin, kind)):
            raise UsageError(f"{name} would not come back as the same {kind}.", hint=_mend(name))
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UsageError(f"{name} cannot be kept: {error}.", hint=_mend(name)) from error
    with pa.OSFile(str(folder / _TABLE), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]
    return {"kind": "table", "name": name, "origin": origin, "type": kind, "files": files}


def _load_table(record: Mapping[str, Any], folder: Path) -> Any:
    import pyarrow as pa

    from workbench.data.digest import open_verified

    with open_verified(folder, record["files"][0]) as stream, pa.ipc.open_file(stream) as reader:
        return _from_arrow(reader.read_all(), record["origin"], record["type"])


def _as_arrow(value: Any, origin: str, kind: str) -> pa.Table:
    import pyarrow as pa

    if origin == "pyarrow":
        return value if kind == "Table" else pa.table(value)
    if origin == "polars":
        return (value.to_frame() if kind == "Series" else value).to_arrow()
    frame = value.to_frame(name="value" if value.name is None else value.name) if kind == "Series" else value
    table = pa.Table.from_pandas(frame)
    unnamed = b"1" if kind == "Series" and value.name is None else b""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), b"unnamed": unnamed})


def _from_arrow(table: pa.Table, origin: str, kind: str) -> Any:
    if origin == "pyarrow":
        return table
    if origin == "polars":
        import polars as pl

        frame = pl.DataFrame(table)
        return frame.to_series() if kind == "Series" else frame
    found = table.to_pandas()
    if kind != "Series":
        return found
    series = found.iloc[:, 0]
    return series.rename(None) if (table.schema.metadata or {}).get(b"unnamed") else series


def _as_it_was(value: Any, found: Any) -> bool:
    if type(found) is not type(value):
        return False
    if hasattr(value, "dtypes") and hasattr(value, "index"):  # pandas
        alike = value.index.equals(found.index) and value.index.names == found.index.names
        flat = value.ndim == 1
        types = [[part.dtype] if flat else [*part.dtypes] for part in (value, found)]
        return bool(alike and types[0] == types[1] and value.equals(found))
    return bool(value.equals(found))


def _same_json(value: Any) -> bool:
    try:
        found = json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return False
    return type(found) is type(value) and bool(found == value)


def _mend(name: str) -> str:
    return f"Give each column one plain type, or call {name}.reset_index(); or make it anew below."
