"""What differs between two notebooks, cell by cell, as nbdime aligns them: their sources, not outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"


@dataclass(frozen=True)
class Line:
    """A line of source.

    Attributes:
        sign: `+`, `-`, or a space where both have it.
    """

    sign: str
    text: str


@dataclass(frozen=True)
class CellDiff:
    """A cell in two notebooks.

    Attributes:
        change: `same`, `added`, `removed` or `changed`.
        kind: `code`, `markdown` or `raw`.
        old, new: its number in each, counted from 1; None where it is not.
    """

    change: str
    kind: str
    old: int | None
    new: int | None
    lines: tuple[Line, ...]


def diff_cells(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[CellDiff, ...]:
    """Return how two lists of cells differ."""
    from nbdime.diffing.notebooks import diff_notebooks

    patches = diff_notebooks(_bare(old), _bare(new))
    inside: Any = next((patch.diff for patch in patches if patch.key == "cells"), [])
    return tuple(_aligned(old, new, inside))


def _aligned(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], patches: Any
) -> Iterator[CellDiff]:
    at_old = at_new = 0
    for patch in patches:
        while at_old < patch.key:
            yield _cell(SAME, old[at_old], at_old, at_new)
            at_old, at_new = at_old + 1, at_new + 1
        if patch.op == "addrange":
            for _ in patch.valuelist:
                yield _cell(ADDED, new[at_new], None, at_new)
                at_new += 1
        elif patch.op == "removerange":
            for _ in range(patch.length):
                yield _cell(REMOVED, old[at_old], at_old, None)
                at_old += 1
        else:
            lines = tuple(_lines(old[at_old]["source"], patch.diff))
            change = CHANGED if any(line.sign != " " for line in lines) else SAME
            yield CellDiff(change, old[at_old]["cell_type"], at_old + 1, at_new + 1, lines)
            at_old, at_new = at_old + 1, at_new + 1
    while at_old < len(old):
        yield _cell(SAME, old[at_old], at_old, at_new)
        at_old, at_new = at_old + 1, at_new + 1


def _cell(change: str, cell: Mapping[str, Any], old: int | None, new: int | None) -> CellDiff:
    sign = {SAME: " ", ADDED: "+", REMOVED: "-"}[change]
    lines = tuple(Line(sign, text) for text in cell["source"].splitlines())
    return CellDiff(
        change, cell["cell_type"], None if old is None else old + 1, None if new is None else new + 1, lines
    )


def _lines(source: str, patches: Any) -> Iterator[Line]:
    """Return the lines of a cell's source with what was added and removed, from nbdime's patches of it."""
    lines = source.splitlines(keepends=True)
    inside: Any = next((patch.diff for patch in patches if patch.key == "source"), [])
    at = 0
    for patch in inside:
        yield from (Line(" ", text.rstrip("\r\n")) for text in lines[at : patch.key])
        at = patch.key
        if patch.op == "addrange":
            yield from (Line("+", text.rstrip("\r\n")) for text in patch.valuelist)
        elif patch.op == "removerange":
            yield from (Line("-", text.rstrip("\r\n")) for text in lines[at : at + patch.length])
            at += patch.length
        else:
            changed = _patched(lines[at], patch.diff)
            same = changed.rstrip("\r\n") == lines[at].rstrip("\r\n")  # the end of the last line alone
            yield Line(" " if same else "-", lines[at].rstrip("\r\n"))
            if not same:
                yield Line("+", changed.rstrip("\r\n"))
            at += 1
    yield from (Line(" ", text.rstrip("\r\n")) for text in lines[at:])


def _patched(text: str, patches: Any) -> str:
    """Return a line as nbdime's patches of its characters make it."""
    made, at = "", 0
    for patch in patches:
        made += text[at : patch.key]
        at = patch.key
        if patch.op == "addrange":
            made += "".join(patch.valuelist)
        else:
            at += patch.length
    return made + text[at:]


def _bare(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return cells as a notebook of nothing but sources: outputs and metadata are other questions."""
    code: dict[str, Any] = {"outputs": [], "execution_count": None}
    bare = [
        {
            "cell_type": cell["cell_type"],
            "metadata": {},
            "source": cell["source"],
            **(code if cell["cell_type"] == "code" else {}),
        }
        for cell in cells
    ]
    return {"cells": bare, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
