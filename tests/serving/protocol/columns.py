"""A column as protocols see one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """Name and kind."""

    name: str
    kind: str


HOUR, WIND, CARRIER = Column("hour", "integer"), Column("wind", "number"), Column("carrier", "category")
