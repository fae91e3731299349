"""Which literals become parameters, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import adopted, code
from workbench.errors import UnknownNameError
from workbench.parameters import signature_of


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("rows = 5", "rows: int = 5"),
        ("rate = 1e-3   # learning rate", "rate: float = 1e-3  # learning rate"),
        ("name = 'ä'", "name: str = 'ä'"),
        ("fast = True", "fast: bool = True"),
        ("sizes = [1, 2]", "sizes: list[int] = [1, 2]"),
        ("where = {'a': 1.5}", "where: dict[str, float] = {'a': 1.5}"),
        ("seconds = 60 * 60", "seconds: int = 60 * 60"),
        ("rows: int = 5", "rows: int = 5"),
        ("import datetime as dt\nday = dt.date(2013, 1, 1)", "day: date = dt.date(2013, 1, 1)"),
        ("pair = (1,\n        'a')", "pair: tuple[int, str] = (1,\n        'a')"),
    ],
)
def test_a_literal_that_is_used_becomes_a_typed_parameter(root: Path, source: str, line: str) -> None:
    """Its text and its comment stay; the notebook's signature can be read."""
    name = line.partition(":")[0]
    proposal = adopted(root, source, f"print({name})")
    assert [setting.line for setting in proposal.settings] == [line]
    assert signature_of(proposal.adopted["cells"]).names == (name,)
    assert code(proposal)[-1] == f"print({name})"
    assert all(name not in cell for cell in code(proposal)[:-1])


@pytest.mark.parametrize(
    "source",
    [
        "x = 5",  # nobody reads it
        "x = 5\nx = 6\nprint(x)",
        "x = 5\nx += 1\nprint(x)",
        "x = []\nx.append(1)",
        "x = [3, 1]\nx.sort()\nprint(x)",
        "x = {'a': 1}\nx['b'] = 2\nprint(x)",
        "x = []\nprint(x)",
        "x = None\nprint(x)",
        "x = len('a')\nprint(x)",
        "_x = 5\nprint(_x)",
        "x = 1; y = [].copy()\nprint(x)",
        "if True:\n    x = 5\nprint(x)",
        "for x in [1]:\n    print(x)",
        "x = '''a\nb'''\nprint(x)",
        "def f():\n    global x\n    x = 2\nx = 1\nf()\nprint(x)",
        "x = 1\ndel x",
    ],
)
def test_what_is_no_setting_stays_where_it_is(root: Path, source: str) -> None:
    """Unused, assigned again, changed in place, computed, private, conditional, not alone on its line."""
    proposal = adopted(root, source)
    assert proposal.settings == ()
    assert code(proposal) == [source]


def test_a_literal_can_be_kept_and_a_value_be_given(root: Path) -> None:
    """A value for what is no parameter is refused with the nearest name."""
    cells = "rows = 5\ndepth = 3\nprint(rows, depth)"
    proposal = adopted(root, cells, keep=frozenset({"rows"}), values={"depth": 9})
    assert [setting.line for setting in proposal.settings] == ["depth: int = 9"]
    with pytest.raises(UnknownNameError, match="dept'") as caught:
        adopted(root, cells, values={"dept": 9})
    assert "depth" in caught.value.hint


def test_a_credential_is_named_and_not_made_a_parameter(root: Path) -> None:
    """Parameters are logged; a secret is passed by reference."""
    proposal = adopted(root, "API_KEY = 'abc'\nprint(API_KEY)")
    assert proposal.settings == ()
    assert ["secret:NAME" in f.todo for f in proposal.findings if f.kind == "secret"] == [True]


def test_an_answer_of_a_person_becomes_a_parameter(root: Path) -> None:
    """It blocks until it has a value; the conversion around it is its type."""
    cells = "n = int(input('How many? '))\nprint(n * float(input('Rate:')))"
    assert [f.todo for f in adopted(root, cells).blocking] == [
        "Give its value: -p n=VALUE",
        "Give its value: -p rate=VALUE",
    ]
    proposal = adopted(root, cells, values={"n": 3, "rate": 0.5})
    assert not proposal.blocking
    assert [s.line for s in proposal.settings] == ["n: int = 3  # How many", "rate: float = 0.5  # Rate"]
    assert code(proposal) == ["print(n * rate)"]


def test_a_parameters_cell_that_is_there_is_kept_and_added_to(root: Path) -> None:
    """Papermill's tag means the same here."""
    from tests.projects import cell

    proposal = adopted(root, cell("depth = 3  # of trees", "parameters"), "rows = 5\nprint(rows, depth)")
    (made,) = [c for c in proposal.adopted["cells"] if "parameters" in c["metadata"].get("tags", ())]
    assert made["source"] == "depth = 3  # of trees\n\nrows: int = 5"
    assert code(proposal) == ["print(rows, depth)"]
