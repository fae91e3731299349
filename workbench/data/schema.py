"""Types: which Arrow types mean the same, what they are called, and how Delta Lake stores each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_NAMES = {"halffloat": "float16", "float": "float32", "double": "float64", "date32[day]": "date"}


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that `kind` means, encodings left out.

    Dictionaries and run-end encodings are their values, `large_` and view types the ordinary ones, and a
    null type inside another is a string. Nullability flags and the names of list items do not matter.

    Raises:
        UsageError: it is an extension type.
    """
    import pyarrow as pa

    test = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        raise _unsupported(kind)
    if test.is_dictionary(kind) or test.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if test.is_large_string(kind) or test.is_string_view(kind):
        return pa.string()
    if test.is_large_binary(kind) or test.is_binary_view(kind):
        return pa.binary()
    if test.is_decimal32(kind) or test.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    return _rebuild(kind, plain_type)


def stored_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that Delta Lake stores a plain type as, without loss.

    Raises:
        UsageError: Delta Lake has no type that could hold it.
    """
    import pyarrow as pa

    test = pa.types
    same = (test.is_signed_integer, test.is_float32, test.is_float64, test.is_boolean, test.is_string)
    if any(check(kind) for check in (*same, test.is_binary, test.is_date32, test.is_decimal128)):
        return kind
    if test.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if test.is_fixed_size_list(kind):
        return pa.list_(stored_type(kind.value_type))
    if test.is_fixed_size_binary(kind):
        return pa.binary()
    if test.is_nested(kind):
        return _rebuild(kind, stored_type)
    instead = {
        pa.uint8(): pa.int16(),
        pa.uint16(): pa.int32(),
        pa.uint32(): pa.int64(),
        pa.uint64(): pa.decimal128(20, 0),
        pa.float16(): pa.float32(),
        pa.date64(): pa.date32(),
        pa.null(): pa.string(),
    }.get(kind)
    if instead is None and (test.is_time(kind) or test.is_duration(kind)):
        instead = pa.int32() if test.is_time32(kind) else pa.int64()
    if instead is None:
        raise _unsupported(kind)
    return instead


def type_name(kind: pa.DataType) -> str:
    """Return the name under which a type is recorded, shown and fingerprinted."""
    import pyarrow as pa

    test = pa.types
    kind = plain_type(kind)
    if test.is_list(kind):
        return f"list<{type_name(kind.value_type)}>"
    if test.is_fixed_size_list(kind):
        return f"list<{type_name(kind.value_type)}>[{kind.list_size}]"
    if test.is_map(kind):
        return f"map<{type_name(kind.key_type)}, {type_name(kind.item_type)}>"
    if test.is_struct(kind):
        return f"struct<{', '.join(f'{_quoted(f.name)}: {type_name(f.type)}' for f in kind)}>"
    if test.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return _NAMES.get(str(kind), str(kind))


def _rebuild(kind: pa.DataType, convert: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    import pyarrow as pa

    def inner(part: pa.DataType) -> pa.DataType:
        return convert(pa.string() if pa.types.is_null(part) else part)

    test = pa.types
    if test.is_fixed_size_list(kind):
        return pa.list_(inner(kind.value_type), kind.list_size)
    lists = (test.is_list, test.is_large_list, test.is_list_view, test.is_large_list_view)
    if any(check(kind) for check in lists):
        return pa.list_(inner(kind.value_type))
    if test.is_struct(kind):
        return pa.struct([pa.field(part.name, inner(part.type)) for part in kind])
    if test.is_map(kind):
        return pa.map_(inner(kind.key_type), inner(kind.item_type))
    return kind


def _quoted(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _unsupported(kind: pa.DataType) -> UsageError:
    return UsageError(
        f"A column of type {kind} cannot be stored in a dataset.",
        hint="Turn it into numbers, text, dates, times, lists or structs of these before saving.",
    )
