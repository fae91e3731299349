"""What of a notebook's code decides whether a stage is stale: its meaning, not its typing."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.notebook_file import INJECTED

EXECUTION_TAGS = frozenset({"parameters", "raises-exception", "skip-execution"})
_PYTHON_CELL_MAGICS = frozenset({"capture", "prun", "time", "timeit"})
_LINE_MAGIC = re.compile(r"^(?P<before>\s*(?:[\w.,\s\[\]'\"]+=(?!=)\s*)?)(?P<magic>[%!].*)$")
_LINE_HELP = re.compile(r"^(?P<before>\s*)(?P<magic>\?{1,2}\S.*|[\w.%]+\?{1,2})\s*$")
_MAGIC_CALL = re.compile(r"__magic__\((?P<literal>'.*'|\".*\")\)$")
_COMMIT = re.compile(r"(\w+)\.commit\([^\n]*\)")
_STAGE = re.compile(r"^(\w+) = (?:\w+\.)?stage\(", re.MULTILINE)
_SHOWN = 60  # characters of a cell's first line that a reason quotes


@dataclass(frozen=True)
class CellPrint:
    """One code cell, reduced to what its execution depends on.

    Attributes:
        index: its place in the notebook, counted from 1 over all cells; not part of its identity.
        digest: SHA-256 of the normalised code.
        first_line: the beginning of that code, to recognise the cell by.
        tags: those of its tags that change execution, sorted.
    """

    index: int
    digest: str
    first_line: str
    tags: tuple[str, ...] = ()


def cell_prints(cells: Iterable[Mapping[str, Any]]) -> tuple[CellPrint, ...]:
    """Reduce nbformat-4 cells to prints of those whose code is executed.

    Markdown, comments and empty cells leave no print, nor do the cells that are injected. In
    the cell tagged `parameters` the assigned values are left out: a run's resolved values stand
    beside the code, so a default that is overridden anyway decides nothing. A cell that is nothing but
    `stage.commit()` does nothing in a run, so it leaves none either.
    """
    prints = []
    found = list(_normalised(cells))
    codes = [code for _, code, _ in found]
    for index, code, tags in found:
        if not _is_commit(code, codes):
            digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
            prints.append(CellPrint(index, digest, _shorten(code), tuple(sorted(tags & EXECUTION_TAGS))))
    return tuple(prints)


def _normalised(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str, frozenset[str]]]:
    for index, cell in enumerate(cells, start=1):
        tags = frozenset(cell.get("metadata", {}).get("tags", ()))
        if cell.get("cell_type") == "code" and not tags & INJECTED:
            code = normalise(cell_source(cell))
            code = _without_values(code) if "parameters" in tags else code
            if code:
                yield index, code, tags


def _is_commit(code: str, codes: Sequence[str]) -> bool:
    called = _COMMIT.fullmatch(code)
    return called is not None and any(called[1] in _STAGE.findall(other) for other in codes)


def cell_source(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, which nbformat keeps as one text or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def normalise(source: str) -> str:
    """Return code with comments, blank lines and formatting taken out.

    Magics and shell lines stay: they are code. What is not Python even then is kept as it stands,
    without surrounding white space.
    """
    magic, code = split_cell_magic(source)
    tree = parse(code)
    text = _plain(code) if tree is None else ast.unparse(tree)
    return f"{magic}\n{text}".strip()


def split_cell_magic(source: str) -> tuple[str, str]:
    """Return the first lines that are cell magics over Python, such as `%%time`, and the code below.

    A cell in another language (`%%bash`) is all magic and no code.
    """
    text = source.strip()
    if not text.startswith("%%"):
        return "", text
    first, _, body = text.partition("\n")
    if first[2:].split(" ")[0] not in _PYTHON_CELL_MAGICS:
        return _plain(text), ""
    magic, code = split_cell_magic(body)
    return f"{first.rstrip()}\n{magic}".rstrip(), code


def parse(source: str) -> ast.Module | None:
    """Parse a cell or module; magics become calls of `__magic__`. None when it is not Python."""
    tree = _parse(source)
    return _parse(_magics_as_calls(source)) if tree is None else tree


def _parse(source: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the stage's own code: its kernel shows them
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return None


def _magics_as_calls(source: str) -> str:
    lines: list[str] = []
    pending = source.splitlines()
    while pending:
        line = pending.pop(0)
        found = _LINE_MAGIC.match(line) or _LINE_HELP.match(line)
        if not found:
            lines.append(line)
            continue
        magic = found["magic"].rstrip()
        while magic.endswith("\\") and pending:
            magic = f"{magic[:-1].rstrip()} {pending.pop(0).strip()}"
        lines.append(f"{found['before']}__magic__({magic!r})")
    return "\n".join(lines)


def _without_values(code: str) -> str:
    tree = parse(code)
    if tree is None:
        return code
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            node.value = None
        elif isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
            node.value = ast.Constant(value=...)
    return ast.unparse(tree)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _shorten(code: str) -> str:
    line = code.partition("\n")[0]
    line = _MAGIC_CALL.sub(lambda found: str(ast.literal_eval(found["literal"])), line)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def code_digest(sources: Sequence[str]) -> str:
    """Return the SHA-256 of the normalised code of several sources in order."""
    texts = [normalise(source) for source in sources]
    joined = "\0".join(text for text in texts if text)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
