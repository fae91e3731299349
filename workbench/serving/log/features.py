"""The struct of a model's columns: one for all versions of the model, though their columns may differ.

A column that a later version logs in another type gets a field of its own, `NAME::TYPE`, and so does one
whose name differs only in case, which Delta Lake would take for the same. Readers find one column again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_VARIANT = re.compile(r"(.+)::(?:double|long|boolean|string)(?:\d*)", re.DOTALL)


def column(values: Sequence[Any], kind: str) -> pa.Array:
    """Return logged values as an array of their kind's type, or of the next type that holds all of them."""
    import pyarrow as pa

    types = {
        "number": (pa.float64(),),
        "integer": (pa.int64(), pa.float64()),
        "boolean": (pa.bool_(), pa.float64()),
    }
    for type_ in types.get(kind, ()):
        try:
            return pa.array(values, type_)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            continue
    texts = [value if value is None or isinstance(value, str) else as_text(value) for value in values]
    return pa.array(texts, pa.string())


def as_text(value: Any) -> str:
    """Return a value that is no text as JSON."""
    return json.dumps(value, ensure_ascii=False, default=str)


def merge(known: Iterable[pa.Field], wanted: Iterable[pa.Field]) -> tuple[list[pa.Field], list[str]]:
    """Return the struct's fields with those of new columns added, and the field of each of these columns."""
    import pyarrow as pa

    fields = list(known)
    by_folded = {field.name.casefold(): field for field in fields}
    chosen = []
    for column in wanted:
        for name in _names(column):
            found = by_folded.get(name.casefold())
            if found is None:
                found = pa.field(name, column.type)
                fields.append(found)
                by_folded[name.casefold()] = found
            if found.name == name and found.type == column.type and name not in chosen:
                chosen.append(name)
                break
    return fields, chosen


def _names(column: pa.Field) -> Iterable[str]:
    if not _VARIANT.fullmatch(column.name):
        yield column.name
    kind = {"int64": "long", "bool": "boolean"}.get(str(column.type), str(column.type))
    yield f"{column.name}::{kind}"
    for number in range(2, 10_000):
        yield f"{column.name}::{kind}{number}"


def name_of(field: str) -> str:
    """Return the column that a field of the struct holds."""
    variant = _VARIANT.fullmatch(field)
    return variant[1] if variant else field


def expressions(struct: pl.Struct, wanted: Sequence[str] | None) -> dict[str, pl.Expr]:
    """Return for each logged column the expression that reads it from the struct `features`.

    A column in several types is read as numbers when all of them are, otherwise as text.

    Args:
        struct: the type of `features`.
        wanted: only these columns, in this order, as far as they are there; None: all.
    """
    import polars as pl

    fields: dict[str, list[pl.Field]] = {}
    for field in struct.fields:
        fields.setdefault(name_of(field.name), []).append(field)
    names = list(fields) if wanted is None else [name for name in wanted if name in fields]
    found = {}
    for name in names:
        parts = [pl.col("features").struct.field(field.name) for field in fields[name]]
        if len(parts) > 1:
            text = any(field.dtype == pl.String for field in fields[name])
            parts = [part.cast(pl.String if text else pl.Float64) for part in parts]
        found[name] = pl.coalesce(parts) if len(parts) > 1 else parts[0]
    return found
