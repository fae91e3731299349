"""The rows of a request, whatever protocol they came by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Batch:
    """Rows as a caller gave them: plain JSON values, row by row.

    Attributes:
        columns: the columns' names; None where values stand by position, in the model's own order.
        rows: the values of each row, as many as there are columns. Whoever checks them says so.
        named: whether the caller named the columns.
        entities: the caller's own key of each row; None where none was given.
        texts: whether every value is a text, or None where there was none, as in CSV: each is then read as
            the kind of its column.
    """

    columns: Sequence[str] | None
    rows: Sequence[Sequence[Any]]
    named: bool = True
    entities: Sequence[str] | None = None
    texts: bool = False
