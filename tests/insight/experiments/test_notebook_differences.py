from __future__ import annotations

from typing import Any

import pytest

from tests.projects import cell
from workbench.insight.experiments.notebook_diff import diff_cells

A, B, C = "x = 1\ny = 2\nz = 3", "def f():\n    return 1", "plot(data)\nshow()"


def cells(*sources: str) -> list[dict[str, Any]]:
    return [dict(cell(source)) for source in sources]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((A, B), (A, B), ["same 1 1", "same 2 2"]),
        ((A, B), (A, C, B), ["same 1 1", "added None 2", "same 2 3"]),
        ((A, C, B), (A, B), ["same 1 1", "removed 2 None", "same 3 2"]),
        ((A, B), (A.replace("y = 2", "y = 20"), B), ["changed 1 1", "same 2 2"]),
        ((), (A,), ["added None 1"]),
        ((A,), (), ["removed 1 None"]),
        ((A, B), (C + "\nmore()", B, A), ["added None 1", "added None 2", "same 1 3", "removed 2 None"]),
    ],
)
def test_cells_are_told_as_same_added_removed_or_changed(
    old: tuple[str, ...], new: tuple[str, ...], expected: list[str]
) -> None:
    found = diff_cells(cells(*old), cells(*new))
    assert sorted(f"{one.change} {one.old} {one.new}" for one in found) == sorted(expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (A, A.replace("y = 2", "y = 20")),
        (A, A + "\nw = 4"),
        (A, "x = 1\nz = 3"),
        (A, "first = 0\n" + A),
        (A + "\n", A),
        ("", A),
    ],
)
def test_lines_of_a_changed_cell_give_both_its_sources(old: str, new: str) -> None:
    found = diff_cells(cells(old), cells(new))
    lines = [line for one in found for line in one.lines]
    assert [line.text for line in lines if line.sign != "+"] == old.strip("\n").splitlines()
    assert [line.text for line in lines if line.sign != "-"] == new.strip("\n").splitlines()
