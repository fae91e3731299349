"""What of a notebook's code counts as a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.pipeline.code import cell_prints, normalise


def code(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}}


SAME = [
    ("x=1", "x = 1  # a comment"),
    ("x = 1\ny = 2", "\n\nx = 1\n\n\n# between\ny = 2\n"),
    ("f(a, b)", "f(\n    a,\n    b,\n)"),
    ("s = 'text'", 's = "text"'),
    ("a = 1; b = 2", "a = 1\nb = 2"),
    ("n = 1000", "n = 1_000"),
    ("%matplotlib inline\nx=1", "%matplotlib inline\n\nx = 1  # done"),
    ("files = !ls\nn=1", "files = !ls\nn = 1"),
    ("%%time\nx=1", "%%time\nx = 1  # timed"),
    ("%%capture out\n%%time\nx=1", "%%capture out\n%%time\n\nx = 1"),
    ("if a:\n    !ls\n    b=1", "if a:\n    !ls\n    b = 1"),
    ("this is not python  ", "this is not python"),
]

DIFFERENT = [
    ("x = 1", "x = 2"),
    ("x = 1", "x = 1.0"),
    ("x = 'a # b'", "x = 'a'"),
    ("f()", "f"),
    ("%matplotlib inline", "%matplotlib widget"),
    ("!pip list", "!pip check"),
    ("!echo one \\\n  two", "!echo one \\\n  three"),
    ("%%time\nx = 1", "x = 1"),
    ("%%bash\nls", "%%bash\nls -a"),
    ("%%bash\n# not a comment of ours", "%%bash"),
    ("if a:\n    b", "if a:\n    c"),
    ("this is not python", "this is not it either"),
    ("x = '''a\n\nb'''", "x = '''a\nb'''"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_formatting_is_no_change(one: str, other: str) -> None:
    """Comments, blank lines, quotes and layout leave the normalised code as it was."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_changed_meaning_is_a_change(one: str, other: str) -> None:
    """Values, strings, calls, magics and shell lines are code."""
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("source", [text for pair in SAME + DIFFERENT for text in pair])
def test_normalising_twice_changes_nothing_more(source: str) -> None:
    """Normalised code is its own normal form."""
    assert normalise(normalise(source)) == normalise(source)


@given(st.text(max_size=60))
def test_any_text_can_be_normalised(source: str) -> None:
    """No cell, however broken, is an error: it is compared as text."""
    assert normalise(source) == normalise(source + "\n")


def test_a_cell_that_warns_when_parsed_is_normalised_in_silence() -> None:
    r"""An invalid escape such as "\d" is the stage's own matter; its kernel shows the warning."""
    assert normalise(r"re.compile('\d')") == r"re.compile('\\d')"


def test_only_executed_code_leaves_a_print() -> None:
    """Markdown, empty cells, comments and the injected cell are left out; places count all cells."""
    cells = [
        {"cell_type": "markdown", "source": "# Title", "metadata": {}},
        code("x: int = 1", "parameters"),
        code("x = 2", "injected-parameters"),
        code("# only a comment"),
        code("   \n"),
        {"cell_type": "raw", "source": "raw", "metadata": {}},
        code("print(x)", "hide-input"),
    ]
    assert [(cell.index, cell.first_line, cell.tags) for cell in cell_prints(cells)] == [
        (2, "x: int", ("parameters",)),
        (7, "print(x)", ()),
    ]


def test_outputs_ids_and_execution_counts_leave_prints_alone() -> None:
    """What running a notebook writes into it is not its code; nor is how nbformat splits its lines."""
    before = code("a = 1\nb = 2")
    after = {
        **code(""),
        "source": ["a = 1\n", "b = 2"],
        "id": "f00",
        "execution_count": 7,
        "outputs": [{"output_type": "stream", "text": "hi"}],
    }
    assert cell_prints([before]) == cell_prints([after])


@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception", "parameters"])
def test_a_tag_that_changes_execution_is_code(tag: str) -> None:
    """Such a tag changes the print; a tag for looks does not."""
    assert cell_prints([code("x = 1", tag)]) != cell_prints([code("x = 1")])
    assert cell_prints([code("x = 1", "hide-input")]) == cell_prints([code("x = 1")])


PARAMETERS = [
    ("x: int = 1", "x: int = 2", True),
    ("x = 1", "x = 2  # better", True),
    ("x: int", "x: int = 5", True),
    ("x: int = 1", "x: float = 1", False),
    ("x: int = 1", "y: int = 1", False),
    (
        "from datetime import date\nd: date = date(2013, 1, 1)",
        "from datetime import date\nd: date = date(2014, 1, 1)",
        True,
    ),
    ("import os\nx = 1", "import sys\nx = 1", False),
]


@pytest.mark.parametrize(("one", "other", "same"), PARAMETERS)
def test_defaults_of_parameters_are_not_code(one: str, other: str, same: bool) -> None:
    """In the parameters cell names, annotations and imports count; the resolved values stand elsewhere."""
    prints = [cell_prints([code(source, "parameters")])[0].digest for source in (one, other)]
    assert (prints[0] == prints[1]) is same


def test_a_long_first_line_is_shortened_and_a_magic_is_shown_as_written() -> None:
    """What a reason quotes is short and recognisable."""
    long, magic = cell_prints([code("x = " + "1 + " * 40 + "1"), code("!pip   list\nx=1")])
    assert len(long.first_line) == 60
    assert long.first_line.endswith("…")
    assert magic.first_line == "!pip   list"
