"""What a rule for stage notebooks is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
Notebook = dict[str, Any]
Found = tuple[int | None, str]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: by which it is known.
        purpose: why there is such a rule, in a sentence.
        find: yields the places that break it: the cell's number, None for the whole, and what to do.
        mend: changes a notebook so that it keeps the rule, and returns whether it did; None where only a
            person can.
    """

    name: str
    purpose: str
    find: Callable[[Notebook], Iterator[Found]]
    mend: Callable[[Notebook], bool] | None = None

    def __call__(self, cells: Sequence[Cell]) -> Iterator[Found]:
        """Yield what breaks it in a notebook of these cells."""
        return self.find({"cells": list(cells), "metadata": {}})


@dataclass(frozen=True)
class Breach:
    """One rule broken in one place.

    Attributes:
        path: the notebook.
        cell: the cell's number as a reader counts, from 1; None when the whole notebook is meant.
        text: what was found, what is expected, what to do.
        rule: its name.
    """

    path: Path
    cell: int | None
    text: str
    rule: str = ""

    def __str__(self) -> str:
        where = "" if self.cell is None else f", cell {self.cell}"
        return f"{self.path}{where}: {self.text}"
