"""Hidden state is named, and where an order heals it, the cells are put into that order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import adopted, code
from workbench.adopt import Proposal


def told(proposal: Proposal, kind: str) -> list[str]:
    return [f"{f.cell}: {f.text}" for f in proposal.findings if f.kind == kind]


def test_a_cell_is_moved_before_the_one_that_needs_it(root: Path) -> None:
    """What a function needs is there when the function is called."""
    proposal = adopted(
        root,
        "print(double(value()))",
        "x = sorted('a')",
        "def value(): return len(x)",
        "def double(n): return 2 * n",
    )
    assert code(proposal) == [
        "def double(n): return 2 * n",
        "def value(): return len(x)",
        "x = sorted('a')",
        "print(double(value()))",
    ]
    assert not proposal.blocking
    assert len(told(proposal, "order")) == 3


def test_of_two_makers_the_one_that_ran_before_is_taken(root: Path) -> None:
    """The execution counts tell; the later one stays where it is."""
    cells = ["y = len(x)", "x = [0].copy()", "x = [1, 2].copy()"]
    assert code(adopted(root, *cells, counts=(5, 3, 4)))[0] == cells[2]
    assert code(adopted(root, *cells, at="b.ipynb", counts=(5, 4, 3)))[0] == cells[1]


def test_a_name_that_nobody_makes_blocks_until_it_is_given(root: Path) -> None:
    """As a parameter, with the type of the value."""
    blocked = adopted(root, "print(limit)")
    assert [f.cell for f in blocked.blocking] == [1]
    assert "-p limit=VALUE" in blocked.blocking[0].todo
    given = adopted(root, "print(limit)", values={"limit": 0.5})
    assert not given.blocking
    assert [setting.line for setting in given.settings] == ["limit: float = 0.5  # no cell makes it"]


def test_a_usual_import_that_was_deleted_is_added(root: Path) -> None:
    """Only for names that everybody uses so, and that are installed."""
    proposal = adopted(root, "print(np.zeros(3), math.pi)")
    stage = proposal.adopted["cells"][2]["source"]
    assert "import numpy as np\nimport math\n" in stage
    assert not proposal.blocking


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 1), "1 cell before"),
        ((1, 5), "3 of 5 executions left no cell"),
        ((1, None), "was never run"),
        ((1, 2), None),
        ((None, None), None),
    ],
)
def test_execution_counts_are_evidence(root: Path, counts: tuple[int | None, ...], words: str | None) -> None:
    """Another order, deleted cells, cells that never ran; a notebook without counts says nothing."""
    proposal = adopted(root, "a = len('a')", "b = len('b')", counts=counts)
    said = [*told(proposal, "order"), *told(proposal, "hidden-state")]
    if words is None:
        assert said == []
    elif words == "1 cell before":
        assert said == ["2: was run before cell 1 (number 1 and 2); a stage runs from top to bottom"]
    else:
        assert [words in each for each in said] == [True]


def test_names_behind_a_star_import_are_given_the_benefit_of_the_doubt(root: Path) -> None:
    """The same for names from `%run`."""
    assert not adopted(root, "from math import *\nprint(pi)").blocking
    assert not adopted(root, "%run other.py\nprint(thing)", at="b.ipynb").blocking


def test_what_ipython_gives_is_there(root: Path) -> None:
    """And what `%%capture` makes."""
    assert not adopted(root, "display(1)\nget_ipython()", "%%capture out\nprint(1)", "out.show()").blocking


def test_a_name_that_was_deleted_is_missing_again(root: Path) -> None:
    """`del` takes it away for the cells below."""
    proposal = adopted(root, "x = [1].copy()", "del x", "print(x)")
    assert [(f.cell, f.kind) for f in proposal.blocking] == [(3, "hidden-state")]
