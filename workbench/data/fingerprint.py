"""The fingerprint of a table: what it says, however it is encoded."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from workbench.data.frame import plain_column
from workbench.data.schema import plain_type, type_name

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEME = 1  # a change of anything below changes every fingerprint: count up, so that it is no accident
_BLOCK = 1 << 17
_SMALL = 4 << 20


def fingerprint_table(table: pa.Table) -> str:
    """Return the SHA-256 of a table's content: names, types and values, in order.

    It does not depend on chunks, slices, dictionary or run-end encoding, 32- or 64-bit offsets, metadata,
    what bytes lie under a null, or which of the many NaNs a NaN is. A missing value is not a NaN, and
    -0.0 is not 0.0. Each column is hashed in blocks of rows, in parallel, and the digests of the blocks are
    hashed with the names and types.
    """
    tasks = [(c, start) for c in table.columns for start in range(0, table.num_rows, _BLOCK)]
    if table.nbytes < _SMALL:
        digests = b"".join(_block(*task) for task in tasks)
    else:
        with ThreadPoolExecutor(min(8, os.cpu_count() or 1), "fingerprint") as pool:
            digests = b"".join(pool.map(lambda task: _block(*task), tasks))
    columns = [[field.name, type_name(field.type)] for field in table.schema]
    head = {"scheme": _SCHEME, "rows": table.num_rows, "block": _BLOCK, "columns": columns}
    return hashlib.sha256(json.dumps(head, ensure_ascii=True).encode() + b"\n" + digests).hexdigest()


def _block(column: pa.ChunkedArray, start: int) -> bytes:
    part = plain_column(column.slice(start, _BLOCK))
    digest = hashlib.sha256()
    _feed(digest, part.chunks, plain_type(column.type))
    return digest.digest()


def _feed(digest: Any, pieces: list[pa.Array], kind: pa.DataType) -> None:
    """Hash the pieces of one array as if they were one: first which rows are missing, then the values."""
    import numpy as np
    import pyarrow as pa

    pieces = [piece for piece in pieces if len(piece)]
    rows, missing = sum(map(len, pieces)), sum(piece.null_count for piece in pieces)
    digest.update(struct.pack("<QQ", rows, missing))
    if missing:
        digest.update(np.packbits(np.concatenate([_valid(piece) for piece in pieces]), bitorder="little"))
    test = pa.types
    if test.is_null(kind) or not rows:
        return
    if test.is_string(kind) or test.is_binary(kind):
        _feed_texts(digest, pieces)
    elif test.is_struct(kind):
        _feed_struct(digest, pieces, kind)
    elif test.is_nested(kind):
        _feed_lists(digest, pieces, kind)
    else:
        for piece in pieces:
            digest.update(_values(piece))


def _valid(piece: pa.Array) -> Any:
    """Return a byte for each row: 1 where there is a value, 0 where it is missing."""
    import numpy as np

    bitmap = piece.buffers()[0]
    if bitmap is None or not piece.null_count:
        return np.ones(len(piece), np.uint8)
    first, skip = divmod(piece.offset, 8)
    bits = np.frombuffer(bitmap, np.uint8, offset=first)
    return np.unpackbits(bits, count=skip + len(piece), bitorder="little")[skip:]


def _feed_texts(digest: Any, pieces: list[pa.Array]) -> None:
    import numpy as np

    bodies = []
    for piece in pieces:
        offsets = np.frombuffer(piece.buffers()[1], np.int32, len(piece) + 1, offset=piece.offset * 4)
        lengths, body = np.diff(offsets), offsets[-1] - offsets[0]
        if piece.null_count:
            lengths *= _valid(piece)
            if int(lengths.sum(dtype=np.int64)) != body:  # what lies under a null is no content
                piece = piece.drop_null()  # noqa: PLW2901
        digest.update(lengths.data)
        bodies.append(piece)
    for piece in bodies:
        digest.update(_body(piece))


def _body(piece: pa.Array) -> memoryview:
    import numpy as np

    if not len(piece) or piece.buffers()[2] is None:
        return memoryview(b"")
    offsets = np.frombuffer(piece.buffers()[1], np.int32, len(piece) + 1, offset=piece.offset * 4)
    return memoryview(piece.buffers()[2])[offsets[0] : offsets[-1]]


def _feed_lists(digest: Any, pieces: list[pa.Array], kind: pa.DataType) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_map(kind):
        entry = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        kind = pa.list_(entry)
        pieces = [piece.cast(kind) for piece in pieces]
    for piece in pieces:
        digest.update(_values(pc.list_value_length(piece).cast(pa.int32())))
    _feed(digest, [piece.flatten() for piece in pieces], kind.value_type)


def _feed_struct(digest: Any, pieces: list[pa.Array], kind: pa.DataType) -> None:
    flat = [piece.flatten() for piece in pieces]
    for number, field in enumerate(kind):
        _feed(digest, [parts[number] for parts in flat], field.type)


def _values(piece: pa.Array) -> Any:
    """Return the bytes of fixed-width values, zeros where one is missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(piece.type):
        piece = piece.cast(pa.uint8())
    if pa.types.is_floating(piece.type) and pc.any(pc.is_nan(piece)).as_py():
        piece = pc.if_else(pc.is_nan(piece), pa.scalar(float("nan"), piece.type), piece)
    width = piece.type.bit_width // 8
    unit = next(size for size in (8, 4, 2, 1) if width % size == 0)
    per_row = width // unit
    found = np.frombuffer(piece.buffers()[1], f"u{unit}", len(piece) * per_row, offset=piece.offset * width)
    if piece.null_count:
        found = found * np.repeat(_valid(piece), per_row)
    return found.data.cast("B") if len(found) else b""
