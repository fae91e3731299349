"""Which of the project's own modules a notebook imports, directly or through others."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.pipeline.code import cell_source, code_digest, parse, split_cell_magic

_EXCLUDED = frozenset({"workbench"})  # its version is part of the environment
_IMPORTERS = frozenset({"import_module", "__import__"})


@dataclass(frozen=True)
class _Import:
    """A dotted name as written, relative when `level` is above 0, with the names taken `from` it."""

    name: str
    level: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Said:
    """What a piece of code says of other files.

    Attributes:
        imports: what it imports.
        runs: paths that it hands to `%run`.
        added: what it adds to `sys.path`.
    """

    imports: tuple[_Import, ...] = ()
    runs: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def local_modules(cells: Iterable[Mapping[str, Any]], notebook_dir: Path, root: Path) -> dict[str, str]:
    """Return the path, relative to `root`, and code digest of every local file that the cells import.

    Found without running anything: import statements at any depth, `importlib.import_module` and
    `__import__` of a literal, `%run` of a literal path, and a literal added to `sys.path`. Names are
    looked up beside the notebook and in `root`; the `__init__.py` of each package on the way counts.
    A comment or a blank line in a module changes no digest.
    """
    search = _Search(root=root, notebook_dir=notebook_dir, bases=[notebook_dir, root])
    sources = [cell_source(cell) for cell in cells if cell.get("cell_type") == "code"]
    search.follow(sources, notebook_dir)
    return dict(sorted(search.found.items()))


class _Search:
    def __init__(self, *, root: Path, notebook_dir: Path, bases: list[Path]) -> None:
        self.found: dict[str, str] = {}
        self._root = root
        self._notebook_dir = notebook_dir
        self._bases = bases

    def follow(self, sources: list[str], folder: Path) -> None:
        said = [_said(source) for source in sources]
        for each in said:
            self._bases.extend(Path(os.path.normpath(self._notebook_dir / text)) for text in each.added)
        for each in said:
            for imported in each.imports:
                for file in self._resolve(imported, folder):
                    self._add(file)
            for path in each.runs:
                for base in (self._notebook_dir, self._root):
                    self._add(base / path)

    def _add(self, file: Path) -> None:
        if not file.is_file():
            return
        key = Path(os.path.relpath(file, self._root)).as_posix()
        if key in self.found:
            return
        sources = _sources(file)
        self.found[key] = _digest(sources)
        self.follow(list(sources), file.parent)

    def _resolve(self, imported: _Import, folder: Path) -> Iterator[Path]:
        parts = imported.name.split(".") if imported.name else []
        if imported.level:
            package = folder
            for _ in range(imported.level - 1):
                package = package.parent
            yield package / "__init__.py"
            yield from _files(package, parts, imported.names)
        elif parts and parts[0] not in _EXCLUDED:
            for base in self._bases:
                yield from _files(base, parts, imported.names)


@lru_cache(maxsize=1024)
def _said(source: str) -> _Said:
    """Read a piece of code once, however many stages import it."""
    tree = parse(split_cell_magic(source)[1])
    if tree is None:
        return _Said()
    return _Said(tuple(_imports(tree)), tuple(_run_paths(tree)), tuple(_added_paths(tree)))


@lru_cache(maxsize=1024)
def _digest(sources: tuple[str, ...]) -> str:
    return code_digest(sources)


def _files(base: Path, parts: list[str], names: tuple[str, ...]) -> Iterator[Path]:
    """Yield every file that Python would execute for `from parts import names`, existing or not."""
    place = base
    for part in parts:
        yield place / f"{part}.py"
        place /= part
        yield place / "__init__.py"
    if "*" in names:
        names = _exported(place / "__init__.py")
    for name in names:
        yield place / f"{name}.py"
        yield place / name / "__init__.py"


def _exported(init: Path) -> tuple[str, ...]:
    tree = parse(_read(init)) if init.is_file() else None
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign) and any(_dotted(target) == "__all__" for target in node.targets):
            return tuple(text for text in map(_text, getattr(node.value, "elts", ())) if text)
    return ()


def _imports(tree: ast.AST) -> Iterator[_Import]:
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from (_Import(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield _Import(node.module or "", node.level, names)
        elif isinstance(node, ast.Call) and _dotted(node.func).rpartition(".")[2] in _IMPORTERS:
            name = _text(node.args[0]) if node.args else None
            if name:
                yield _Import(name.lstrip("."), len(name) - len(name.lstrip(".")))


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk the tree without what stands under `if TYPE_CHECKING:`."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.If) and _dotted(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            pending.extend(node.orelse)
        else:
            pending.extend(ast.iter_child_nodes(node))


def _run_paths(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func) == "__magic__":
            words = (_text(node.args[0]) or "").split()
            if words[:1] == ["%run"]:
                yield from (word.strip("'\"") for word in words[1:] if not word.startswith("-"))


def _added_paths(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func) in {"sys.path.append", "sys.path.insert"}:
            text = _text(node.args[-1]) if node.args else None
            if text:
                yield text


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _sources(file: Path) -> tuple[str, ...]:
    if file.suffix != ".ipynb":
        return (_read(file),)
    try:
        cells = json.loads(_read(file))["cells"]
        return tuple(cell_source(cell) for cell in cells if cell["cell_type"] == "code")
    except (ValueError, KeyError, TypeError):
        return (_read(file),)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="surrogateescape")
