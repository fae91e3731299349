"""Drafts a contract from data, as a file for a person to edit."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workbench.data.column_type import parse_type
from workbench.data.profile import without_missing
from workbench.data.schema import type_name

if TYPE_CHECKING:
    import pyarrow as pa

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CATEGORIES = 30
_SHAPES = 20_000
_LIMIT = 0.01
_OPENING = """# What the rows of `{name}` must be like: {origin}.
# Drafted, so every bound is a guess from what was seen. Edit it: loosen what may grow, tighten what you know.
# A row that breaks a rule goes to the dataset `{name}_quarantine`, with the rule's name; the rest go on.

quarantine_limit = {limit}  # the largest share of rows that may be set aside; more, and all are refused
min_rows = {rows}  # half of what was seen
extra_columns = true  # whether there may be columns that are not named here
"""
_CLOSING = """
# Conditions on a row, in SQL; one that cannot be decided because a value is missing is not broken.
# [rules]
# "arrived after leaving" = "arrived >= left"
"""


def draft_contract(table: pa.Table, name: str, origin: str) -> str:
    """Return a contract that a table keeps, as TOML with comments.

    Bounds are what was seen and a tenth of the range more, rounded; a text with few values gets them all,
    one with many the pattern that all share, if there is one.

    Args:
        table: the data, of plain types.
        name: the dataset's name.
        origin: what it was drafted from, for the first line.
    """
    parts = [_OPENING.format(name=name, origin=origin, limit=_LIMIT, rows=table.num_rows // 2)]
    for column in table.column_names:
        parts.append("\n".join(_column(column, table[column])) + "\n")
    return "\n".join(parts) + _CLOSING


def _column(name: str, column: pa.ChunkedArray) -> list[str]:
    present = without_missing(column)
    missing = len(column) - len(present)
    share = missing / len(column) if len(column) else 0.0
    lines = [f"[columns.{_key(name)}]", *_type(column.type)]
    seen = f"  # {missing:,} missing ({share:.2%})" if missing else ""
    lines.append(f"nullable = {_toml(bool(missing))}{seen}")
    return lines + _values(present, whole=not missing)


def _type(kind: pa.DataType) -> list[str]:
    name = type_name(kind)
    try:
        parse_type(name)
    except ValueError:  # lists and structs, or nothing but missing values: there is no word for them
        return []
    return [f"type = {_toml(name)}"]


def _values(present: pa.ChunkedArray, *, whole: bool) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, test = present.type, pa.types
    if not len(present) or test.is_boolean(kind) or test.is_nested(kind):
        return []
    if test.is_integer(kind) or test.is_floating(kind) or test.is_temporal(kind):
        ends = pc.min_max(present)
        lines = _bounds(ends["min"].as_py(), ends["max"].as_py())
        lines += [] if test.is_temporal(kind) else _outliers(present, ends["max"].as_py())
        return lines + (_unique(present) if test.is_integer(kind) and whole else [])
    return _texts(present, whole=whole) if test.is_string(kind) else []


def _bounds(least: Any, most: Any) -> list[str]:
    if isinstance(least, date):  # a datetime is one too; time goes on, so there is no upper bound
        return [f"at_least = {_toml(least)}", f"# at_most = {_toml(most)}"]
    if not isinstance(least, int | float):
        return []
    room = (most - least) / 10
    low, high = min(_rounded(least - room, math.floor), least), max(_rounded(most + room, math.ceil), most)
    low, high = max(low, 0) if least >= 0 else low, min(high, 0) if most <= 0 else high
    kind = int if isinstance(least, int) else float
    return [
        f"at_least = {_toml(kind(low))}  # the least seen: {_toml(least)}",
        f"at_most = {_toml(kind(high))}  # the most seen: {_toml(most)}",
    ]


def _outliers(present: pa.ChunkedArray, most: float) -> list[str]:
    import pyarrow.compute as pc

    low, high = pc.quantile(present, q=[0.001, 0.999]).to_pylist()
    if high > low and most - high > 3 * (high - low):
        return [f"# 999 of 1,000 are at most {_toml(high)}: is the most seen an error?"]
    return []


def _rounded(value: float, direction: Any) -> float:
    """Round away from what was seen, to two digits."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    power = math.floor(math.log10(abs(value))) - 1
    return float(f"{direction(value / 10.0**power)}e{power}")


def _unique(present: pa.ChunkedArray) -> list[str]:
    import pyarrow.compute as pc

    distinct = pc.count_distinct(present).as_py()
    return ["unique = true"] if distinct == len(present) > 1 else []


def _texts(present: pa.ChunkedArray, *, whole: bool) -> list[str]:
    import pyarrow.compute as pc

    values = pc.unique(present)
    if len(values) <= _CATEGORIES and len(values) * 2 <= len(present):
        return [f"one_of = {_toml(sorted(values.to_pylist()))}"]
    lines = ["unique = true"] if whole and len(values) == len(present) else []
    pattern = _shape(values.to_pylist()[:: max(1, len(values) // _SHAPES)])
    return [*lines, f"matches = {_literal(pattern)}"] if pattern else lines


def _shape(values: list[str]) -> str:
    """Return the pattern that all values share: runs of letters or digits, and the signs between them."""
    shapes = {re.sub(r"[A-Z]+", "A", re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", v))) for v in values}
    if len(shapes) != 1 or not next(iter(shapes)) or re.search(r"[^\x20-\x7e]", next(iter(shapes))):
        return ""
    runs = [re.findall(r"\d+|[A-Z]+|[a-z]+|[^A-Za-z\d]", value) for value in values]
    pattern = ""
    for parts in zip(*runs, strict=True):
        first, lengths = parts[0], {len(part) for part in parts}
        kind = r"\d" if first[0].isdigit() else "[A-Z]" if first.isupper() else "[a-z]"
        if not first.isalnum():
            pattern += re.escape(first)
        elif len(lengths) == 1:
            pattern += kind if lengths == {1} else f"{kind}{{{min(lengths)}}}"
        else:
            pattern += f"{kind}{{{min(lengths)},{max(lengths)}}}"
    return pattern


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _literal(text: str) -> str:
    return f"'{text}'" if "'" not in text else _toml(text)


def _toml(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)
