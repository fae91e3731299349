"""Magics are found, and the Python around them stays at its place."""

from __future__ import annotations

import ast

import pytest

from workbench.adopt.edit import Positions
from workbench.adopt.magic import read_code


@pytest.mark.parametrize(
    ("source", "magics"),
    [
        ("%matplotlib inline\nx = 1", [("line", "matplotlib", "inline", 1)]),
        ("!pip install a b\nx = 1", [("shell", "pip", "install a b", 1)]),
        ("files = !ls *.csv\nx = 1", [("shell", "ls", "*.csv", 1)]),
        ("%%time\nx = 1", [("cell", "time", "", 1)]),
        ("\n%%capture out\n%%time\nx = 1", [("cell", "capture", "out", 2), ("cell", "time", "", 3)]),
        ("%%bash\nls", [("cell", "bash", "", 1)]),
        ("df.head?\nx = 1", [("help", "df.head", "", 1)]),
        ("if x:\n    %debug\nx = 1", [("line", "debug", "", 2)]),
        ("!docker run \\\n   image\nx = 1", [("shell", "docker", "run image", 1)]),
        ("%time x = 1", [("line", "time", "x = 1", 1)]),
        ("x = (3\n     %y)", []),
        ("text = '''\n%no magic\n'''", []),
    ],
)
def test_each_magic_is_found_with_its_line(source: str, magics: list[tuple[str, str, str, int]]) -> None:
    """Kind, name, words and the line that it stands on."""
    tree, found = read_code(source)
    assert tree is not None
    assert [(m.kind, m.name, m.words, m.line) for m in found] == magics


@pytest.mark.parametrize(
    "source", ["%magic\nä = '…'; answer = 41 + 1", "%time ä = 1; answer = 41 + 1", "!ls\n\nanswer = 41 + 1"]
)
def test_nodes_stand_where_they_stand_in_the_source(source: str) -> None:
    """Whatever letters come before them."""
    tree, _ = read_code(source)
    assert tree is not None
    found = next(n for n in ast.walk(tree) if isinstance(n, ast.BinOp))
    assert Positions(source).text(found) == "41 + 1"


@pytest.mark.parametrize("source", ["model.fit(X, y", "for", "x = = 1"])
def test_what_is_no_python_is_said_to_be_none(source: str) -> None:
    """Not an empty cell."""
    assert read_code(source)[0] is None
