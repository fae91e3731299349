"""IPython's magics and shell lines: found, and covered so that the Python around them can be read."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

PYTHON_CELLS = frozenset({"capture", "prun", "time", "timeit"})
_ASSIGNED = re.compile(r"^(?P<before>\s*[\w.,\s\[\]'\"]+=(?!=)\s*)(?P<mark>[%!])(?P<rest>[A-Za-z_!].*)$")
_LINE = re.compile(r"^(?P<before>\s*)(?P<mark>%(?=[A-Za-z_])|!{1,2})(?P<rest>.*)$")
_HELP = re.compile(r"^(?P<before>\s*)(?P<rest>\?{1,2}\S.*|[\w.%]+\?{1,2})\s*$")
_TIMED = re.compile(r"^(?P<before>\s*)(?P<cover>%time\s+)(?P<rest>\S.*)$")


@dataclass(frozen=True)
class Magic:
    """One magic of a cell.

    Attributes:
        kind: `cell` for `%%name`, `line` for `%name`, `shell` for `!words`, `help` for `name?`.
        name: without marks; of a shell line its first word.
        words: what stands behind the name.
        line: its first line in the cell, counted from 1; `last` is its last.
    """

    kind: Literal["cell", "line", "shell", "help"]
    name: str
    words: str
    line: int
    last: int
    assigned: bool = False


def read_code(source: str) -> tuple[ast.Module | None, tuple[Magic, ...]]:
    """Return a cell's Python, with nodes at their places in `source`, and its magics.

    A cell in another language has no Python and is not wrong; None is a cell that is no Python.
    """
    lines = source.split("\n")
    magics: list[Magic] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("%%"):
            name, _, words = line[2:].strip().partition(" ")
            magics.append(Magic("cell", name, words, number, number))
            if name not in PYTHON_CELLS:
                return ast.Module(body=[], type_ignores=[]), tuple(magics)
            lines[number - 1] = ""
        elif line.strip():
            break
    tree = _parsed("\n".join(lines))
    if tree is None:
        covered, found = _cover(lines)
        tree = _parsed("\n".join(covered))
        magics += found
    return tree, tuple(magics)


def _parsed(source: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the notebook's own code: its kernel shows them
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return None


def _cover(lines: list[str]) -> tuple[list[str], list[Magic]]:
    """Return the lines with a `0` in place of each magic, columns kept, and the magics."""
    covered, magics, skip = list(lines), [], 0
    for number, line in enumerate(lines, start=1):
        if number <= skip:
            covered[number - 1] = ""
            continue
        timed = _TIMED.match(line)
        if timed:
            cover = "0;".ljust(len(timed["cover"]))
            covered[number - 1] = timed["before"] + cover + timed["rest"]
            magics.append(Magic("line", "time", timed["rest"], number, number))
            continue
        found = _ASSIGNED.match(line) or _LINE.match(line)
        if found is None:
            asked = _HELP.match(line)
            if asked:
                covered[number - 1] = f"{asked['before']}0"
                magics.append(Magic("help", asked["rest"].strip("?"), "", number, number))
            continue
        skip = number
        text = found["rest"].rstrip()
        while text.endswith("\\") and skip < len(lines):
            text, skip = f"{text[:-1].rstrip()} {lines[skip].strip()}", skip + 1
        covered[number - 1] = f"{found['before']}0"
        name, _, words = text.strip().partition(" ")
        kind: Literal["shell", "line"] = "shell" if found["mark"].startswith("!") else "line"
        assigned = "=" in found["before"]
        magics.append(Magic(kind, name.lstrip("!"), words.strip(), number, skip, assigned))
    return covered, magics
