"""What one value of a request may be, and the names that rows are joined by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.serving.refused import Refused

Cell = float | int | str | bool | None
"""A value of a table: JSON's own scalars. Deeper values are refused while they are read."""

LONGEST = 500
"""Characters of an entity, or of another key."""


def entity_text(value: Any) -> str:
    """Return a caller's key as the text that rows and labels are joined by.

    A key that was a whole number stays one, however its sender's library wrote it: 7 and 7.0 are both `7`.
    Null is the empty text: no key.

    Raises:
        Refused: 400: it is too long.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if len(text) > LONGEST:
        raise Refused(
            400, "bad_entity", f"An entity has {len(text)} characters; at most {LONGEST} are taken."
        )
    return text


def entities_of(
    columns: Sequence[str] | None, rows: Sequence[Sequence[Any]], entity_column: str | None
) -> list[str] | None:
    """Return each row's key, empty where a row has none; None where no row has one.

    Args:
        columns: the columns' names, None where values stand by position.
        rows: the values of each row.
        entity_column: the column that holds the keys, None where the model has none.

    Raises:
        Refused: a row ends before the column, or a key is too long.
    """
    if entity_column is None or columns is None or entity_column not in columns:
        return None
    place = columns.index(entity_column)
    try:
        found = [entity_text(row[place]) for row in rows]
    except IndexError:
        raise ragged(columns, rows) from None
    return found if any(found) else None


def ragged(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Refused:
    """Return the refusal of rows that are not as long as the columns are many."""
    number, row = next((n, row) for n, row in enumerate(rows) if len(row) != len(columns))
    return Refused(
        400, "ragged_rows", f"Row {number + 1} has {len(row)} values, but {len(columns)} columns are named."
    )


def shown(text: str, *, most: int = 80) -> str:
    """Return a caller's text for a sentence: quoted, and cut where it is long."""
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")
