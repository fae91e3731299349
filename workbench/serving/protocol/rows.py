"""Rows out of the forms that JSON tables come in: objects, lists by position, columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.serving.batch import Batch
from workbench.serving.protocol.cell import Cell, entities_of, shown
from workbench.serving.refused import Refused

Record = dict[str, Cell]
_ROOMY = 1_000_000
_SPARSE = 10


def from_records(records: Sequence[Record], entity_column: str | None, *, gaps: bool) -> Batch:
    """Return the rows of objects; with gaps, a key that one of them lacks is a missing value there.

    Raises:
        Refused: rows differ in their columns, and may not, or do so wildly.
    """
    columns = list(records[0]) if records else []
    rows: list[list[Cell]] = []
    for record in records:
        if list(record) != columns:
            columns, rows = _uneven(records, gaps=gaps)
            break
        rows.append(list(record.values()))
    return Batch(columns, rows, entities=entities_of(columns, rows, entity_column))


def _uneven(records: Sequence[Record], *, gaps: bool) -> tuple[list[str], list[list[Cell]]]:
    """Return columns and rows of objects whose keys differ, or come in another order."""
    first = records[0]
    if not gaps:
        for number, record in enumerate(records):
            if record.keys() != first.keys():
                name = min(record.keys() ^ first.keys())
                said = (
                    f"Row {number + 1} and row 1 do not have the same columns: {shown(name)} is in one only."
                )
                raise Refused(400, "ragged_rows", said, "Write null for a missing value.")
    columns = list(dict.fromkeys(name for record in records for name in record))
    cells = len(columns) * len(records)
    if cells > _ROOMY and cells > _SPARSE * sum(map(len, records)):
        said = f"The rows name {len(columns)} columns together, and each has few of them."
        raise Refused(400, "ragged_rows", said, "Give each row the model's own columns.")
    return columns, [[record.get(name) for name in columns] for record in records]


def from_items(name: str, items: Sequence[Any], entity_column: str | None, *, gaps: bool) -> Batch:
    """Return the rows of a list of objects, of lists by position, or of single values.

    Args:
        name: of the field, for messages.
        items: of one kind.
        entity_column: the column that holds each row's key.
        gaps: whether an object may lack a key of the others, as a missing value.

    Raises:
        Refused: the kinds are mixed, or rows differ in their columns.
    """
    kinds = set(map(type, items))
    if len(kinds) > 1 and (dict in kinds or list in kinds):
        raise Refused(
            400,
            "wrong_shape",
            f"{name!r} mixes objects, lists and single values.",
            "Give every row in the same form.",
        )
    if dict in kinds:
        return from_records(items, entity_column, gaps=gaps)
    rows = items if list in kinds else [[value] for value in items]
    return Batch(None, rows, named=False)


def from_columns(inputs: dict[str, Any], entity_column: str | None) -> Batch:
    """Return the rows of columns that are equally long, or of one value each.

    Raises:
        Refused: they are not.
    """
    columns, values = list(inputs), list(inputs.values())
    lists = [isinstance(each, list) for each in values]
    if not any(lists):
        rows: list[Any] = [values] if values else []
    elif all(lists) and len(set(map(len, values))) == 1:
        rows = list(zip(*values, strict=True))
    else:
        sizes = ", ".join(f"{shown(name)}: {_size(value)}" for name, value in list(inputs.items())[:8])
        said = f"The columns of 'inputs' are not equally long ({sizes})."
        raise Refused(400, "ragged_rows", said, "Give each column one value for each row.")
    return Batch(columns, rows, entities=entities_of(columns, rows, entity_column))


def _size(value: Any) -> str:
    return str(len(value)) if isinstance(value, list) else "a single value"
