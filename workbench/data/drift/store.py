"""A reference as files among those of the model that it belongs to, so that its record covers them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.digest import open_verified
from workbench.data.drift.held import Held, HeldNames, HeldNothing, HeldNumbers, HeldOut, Reference
from workbench.errors import IntegrityError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

FOLDER = "reference"
INPUTS, OUTCOMES, HELD_OUT = "inputs.parquet", "outcomes.parquet", "held_out.parquet"
_FORMAT = 1
_KEY = b"workbench.reference"
_NUMBERS, _NAMES, _NOTHING = "numbers", "names", "nothing"


def write_reference(reference: Reference, folder: Path) -> str:
    """Write a reference below a folder and return the digest of what it says.

    Args:
        reference: what to write.
        folder: the model's own; the files go into `reference/` there.
    """
    place = folder / FOLDER
    place.mkdir(parents=True)
    said = hashlib.sha256()
    for name, table in _tables(reference):
        _write(table, place / name)
        said.update(name.encode() + b"\0" + _said(table))
    return said.hexdigest()


def load_reference(record: Mapping[str, Any], root: Path | None = None) -> Reference | None:
    """Return the reference that was stored with a model, its digests checked; None when there is none.

    Args:
        record: of kind `model`: that of a version, or of an output.
        root: the model's folder; that of the record when None.

    Raises:
        IntegrityError: a file differs from its record, or is of a format that is not known here.
    """
    folder = Path(root if root is not None else record["uri"])
    files = {file["path"]: file for file in record.get("files", ()) if file["path"].startswith(f"{FOLDER}/")}
    tables = {}
    for path, file in files.items():
        with open_verified(folder, file) as stream:
            tables[path.removeprefix(f"{FOLDER}/")] = _read(stream.read())
    if INPUTS not in tables:
        return None
    outcomes = _reference(tables[OUTCOMES], folder) if OUTCOMES in tables else None
    held_out = _held_out(tables[HELD_OUT]) if HELD_OUT in tables else None
    return _reference(tables[INPUTS], folder, outcomes, held_out)


def _tables(reference: Reference) -> Iterator[tuple[str, pa.Table]]:
    yield INPUTS, _table(reference)
    if reference.outcomes is not None:
        yield OUTCOMES, _table(reference.outcomes)
    if reference.held_out is not None:
        yield HELD_OUT, _held_out_table(reference.held_out)


def _table(reference: Reference) -> pa.Table:
    import pyarrow as pa

    told = {"format": _FORMAT, "rows": reference.rows, "block": reference.block}
    schema = pa.schema(
        {
            "name": pa.string(),
            "kind": pa.string(),
            "missing": pa.int64(),
            "values": pa.list_(pa.float64()),
            "names": pa.list_(pa.string()),
            "counts": pa.list_(pa.int32()),
            "dtype": pa.string(),
            "edges": pa.list_(pa.float64()),
            "histogram": pa.list_(pa.int32()),
            "others": pa.int64(),
            "own": pa.int64(),
        },
        {_KEY: json.dumps({**told, "blocks": reference.blocks.tolist()}).encode()},
    )
    return pa.Table.from_pylist([_row(held) for held in reference.columns.values()], schema)


def _row(held: Held) -> dict[str, Any]:
    if isinstance(held, HeldNothing):
        return {"name": held.name, "kind": _NOTHING, "dtype": held.why}
    row = {
        "name": held.name,
        "missing": held.missing,
        "counts": held.counts,
        "histogram": held.histogram.ravel(),
    }
    if isinstance(held, HeldNumbers):
        return {**row, "kind": _NUMBERS, "values": held.values, "dtype": held.dtype, "edges": held.edges}
    return {**row, "kind": _NAMES, "names": list(held.names), "others": held.others, "own": held.own}


def _reference(
    table: pa.Table, folder: Path, outcomes: Reference | None = None, held_out: HeldOut | None = None
) -> Reference:
    import numpy as np

    told = json.loads((table.schema.metadata or {}).get(_KEY, b"{}"))
    if told.get("format") != _FORMAT:
        raise IntegrityError(
            f"The reference in {folder} is of format {told.get('format')!r}, but expected {_FORMAT}.",
            hint="It was written by another version of the workbench: train the model again with this one.",
            path=str(folder),
            expected=_FORMAT,
            got=told.get("format"),
        )
    blocks = np.array(told["blocks"], np.int64)
    held = [_held(table, row) for row in range(table.num_rows)]
    columns = {each.name: each for each in held}
    return Reference(told["rows"], columns, told["block"], blocks, outcomes, held_out)


def _held(table: pa.Table, row: int) -> Held:
    name, kind = table["name"][row].as_py(), table["kind"][row].as_py()
    if kind == _NOTHING:
        return HeldNothing(name, table["dtype"][row].as_py())
    missing, counts = table["missing"][row].as_py(), _array(table, "counts", row)
    histogram = _array(table, "histogram", row)
    if kind == _NUMBERS:
        edges = _array(table, "edges", row)
        shaped = histogram.reshape(-1, len(edges) + 2)
        return HeldNumbers(
            name, missing, _array(table, "values", row), counts, table["dtype"][row].as_py(), edges, shaped
        )
    own = table["own"][row].as_py()
    names = tuple(table["names"][row].as_py())
    return HeldNames(
        name, missing, names, counts, table["others"][row].as_py(), own, histogram.reshape(-1, own + 2)
    )


def _array(table: pa.Table, column: str, row: int) -> NDArray[Any]:
    found: NDArray[Any] = table[column][row].values.to_numpy()
    return found


def _held_out_table(scored: HeldOut) -> pa.Table:
    import pyarrow as pa

    scores = scored.score if scored.score.ndim == 2 else scored.score[:, None]
    columns: dict[str, Any] = {f"score {place}": scores[:, place] for place in range(scores.shape[1])}
    columns["label"] = scored.label
    if scored.times is not None:
        columns["time"] = pa.array(scored.times, pa.timestamp("us"))
    columns |= {f"group {name}": scored.groups[name] for name in scored.groups.column_names}
    return pa.table(columns).replace_schema_metadata({_KEY: str(scored.score.ndim).encode()})


def _held_out(table: pa.Table) -> HeldOut:
    import numpy as np

    scores = [table[name].to_numpy() for name in table.column_names if name.startswith("score ")]
    flat = table.schema.metadata[_KEY] == b"1"
    groups = table.select([name for name in table.column_names if name.startswith("group ")])
    groups = groups.rename_columns([name.removeprefix("group ") for name in groups.column_names])
    times = table["time"].to_numpy() if "time" in table.column_names else None
    return HeldOut(scores[0] if flat else np.stack(scores, axis=1), table["label"].to_numpy(), times, groups)


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    fitting: dict[str, Any] = {"use_dictionary": ["counts.list.element", "histogram.list.element"]}
    if "values" in table.column_names:
        fitting["use_byte_stream_split"] = ["values.list.element"]
    pq.write_table(table, path, compression="zstd", **fitting)


def _read(content: bytes) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(content), use_threads=False)


def _said(table: pa.Table) -> bytes:
    """Return the digest of a table's content, however Parquet puts it into bytes."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).digest()
