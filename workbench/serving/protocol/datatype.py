"""The datatypes of the Open Inference Protocol: what JSON and what bytes they are."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.serving.model.column import Column

_NULL = type(None)
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True)
class Datatype:
    """A datatype.

    Attributes:
        name: the protocol's.
        types: of its values in JSON.
        code: of its values in bytes, as `struct` has it; empty for texts.
        size: bytes of one value; 0 for texts, each of which says its own.
    """

    name: str
    types: frozenset[type]
    code: str
    size: int


def _all() -> dict[str, Datatype]:
    found = {"BOOL": Datatype("BOOL", frozenset({bool, _NULL}), "?", 1)}
    for bits, code in ((8, "b"), (16, "h"), (32, "i"), (64, "q")):
        found[f"INT{bits}"] = Datatype(f"INT{bits}", frozenset({int, _NULL}), code, bits // 8)
        found[f"UINT{bits}"] = Datatype(f"UINT{bits}", frozenset({int, _NULL}), code.upper(), bits // 8)
    for bits, code in ((16, "e"), (32, "f"), (64, "d")):
        found[f"FP{bits}"] = Datatype(f"FP{bits}", frozenset({float, int, _NULL}), code, bits // 8)
    found["BYTES"] = Datatype("BYTES", frozenset({str, _NULL}), "", 0)
    return found


DATATYPES = _all()
_OF_KINDS = {"number": "FP64", "integer": "INT64", "boolean": "BOOL", "text": "BYTES"}


def of_column(column: Column) -> str:
    """Return the datatype of what a caller gives in a column."""
    if column.kind != "category":
        return _OF_KINDS[column.kind]
    return of_values(column.categories) if column.categories else "BYTES"


def of_values(values: Iterable[Any]) -> str:
    """Return the narrowest datatype that holds values; FP64 where there are none."""
    types = set(map(type, values))
    if types <= {float}:
        return "FP64"
    if types == {bool}:
        return "BOOL"
    if types == {int}:
        return "INT64"
    return "FP64" if types <= {float, int, _NULL} else "BYTES"


def unpack(name: str, datatype: Datatype, count: int, raw: bytes) -> Sequence[Any]:
    """Return the values that bytes hold.

    Args:
        name: of the tensor, for messages.
        datatype: of its values.
        count: how many its shape says there are.
        raw: little-endian, row by row; texts with their length before them.

    Raises:
        Refused: 400: they are more or fewer bytes than that, or texts that are no UTF-8.
    """
    if not datatype.code:
        return _texts(name, count, raw)
    if len(raw) != count * datatype.size:
        raise _length(name, f"{count} values of {datatype.name}", count * datatype.size, len(raw))
    return struct.unpack(f"<{count}{datatype.code}", raw)


def pack(datatype: str, values: Sequence[Any]) -> bytes:
    """Return values as bytes; a missing number is NaN."""
    if datatype == "BYTES":
        texts = [_text(value).encode() for value in values]
        return b"".join(part for text in texts for part in (_LENGTH.pack(len(text)), text))
    known = [float("nan") if value is None else value for value in values] if None in values else values
    return struct.pack(f"<{len(known)}{DATATYPES[datatype].code}", *known)


def texts_of(values: Sequence[Any]) -> list[str]:
    """Return values as texts, which are what BYTES are in JSON."""
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _texts(name: str, count: int, raw: bytes) -> list[str]:
    found: list[str] = []
    at, end = 0, len(raw)
    while at < end and len(found) < count:
        if at + 4 > end:
            break
        (length,) = _LENGTH.unpack_from(raw, at)
        at += 4 + length
        if at > end:
            break
        try:
            found.append(raw[at - length : at].decode())
        except UnicodeDecodeError:
            said = f"Tensor {name!r} holds a text that is no UTF-8, at {len(found)}."
            raise Refused(400, "not_utf8", said, "Encode texts as UTF-8.") from None
    if at != end or len(found) != count:
        raise _length(name, f"{count} texts, each after its length in 4 bytes", at, end)
    return found


def _length(name: str, what: str, wanted: int, got: int) -> Refused:
    said = f"Tensor {name!r} should hold {what}, {wanted} bytes, but has {got}."
    return Refused(400, "wrong_length", said, "Its shape, its datatype and binary_data_size must agree.")
