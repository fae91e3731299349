"""Column types as people write them: `int`, `text`, `timestamp[us, tz=UTC]`, `decimal(10, 2)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.errors import nearest

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = {
    "text": "string",
    "str": "string",
    "int": "int64",
    "integer": "int64",
    "float": "float64",
    "number": "float64",
    "boolean": "bool",
    "date": "date32",
    "datetime": "timestamp[us]",
    "timestamp": "timestamp[us]",
}
_ALIASES = ("string", "bool", "binary", "date32", "float32", "float64")
_INTEGERS = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, *(?:tz=)?([A-Za-z][A-Za-z0-9_+/-]*))?\]")
_DECIMAL = re.compile(r"decimal\((\d{1,2}), *(\d{1,2})\)")


def parse_type(text: str) -> pa.DataType:
    """Return the Arrow type that a text means; what `workbench data show` prints is understood.

    Raises:
        ValueError: it means none; the message names the nearest.
    """
    import pyarrow as pa

    name = _PLAIN.get(text, text)
    if name in _ALIASES or name in _INTEGERS:
        return pa.type_for_alias(name)
    if found := _TIMESTAMP.fullmatch(name):
        return pa.timestamp(found[1], found[2])
    if found := _DECIMAL.fullmatch(name):
        return pa.decimal128(int(found[1]), int(found[2]))
    known = [*_PLAIN, *_ALIASES, *_INTEGERS, "timestamp[us, tz=UTC]", "decimal(10, 2)"]
    close = nearest(text, known)
    meant = f"did you mean {close!r}?" if close else "write int, float, text, bool, date or timestamp"
    raise ValueError(f"{text!r} is no type of column: {meant}")
