"""Modules that are imported: whether they are installed, declared, and part of the project."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import TypeGuard

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from workbench.parity.fault import Fault, Kind
from workbench.parity.kernel.frames import is_library
from workbench.parity.subject import Subject
from workbench.pipeline.environment import environment_print

_OWN = frozenset({"workbench", "__future__", "__main__", "IPython", "ipykernel"})
_NOT_PACKAGES = ("python", "workbench", "requires-python")


def missing_modules(subject: Subject) -> Iterator[Fault]:
    """Yield imports that would fail, that the environment does not declare, or that come from elsewhere."""
    declared = _declared(subject)
    told: set[str] = set()
    for cell in subject.messy.code:
        assert cell.tree is not None
        for name, line in _imports(cell.tree):
            if name in told or name in _OWN or name in sys.stdlib_module_names:
                continue
            fault = _fault(subject, name, declared, cell.number, line)
            if fault:
                told.add(name)
                yield fault


def _fault(
    subject: Subject, name: str, declared: frozenset[str] | None, cell: int, line: int
) -> Fault | None:
    bases = (subject.root, subject.folder) if subject.project else (subject.folder,)
    if any(is_module(base, name) for base in bases):
        return None
    added = next((base for base in _added(subject) if is_module(base, name)), None)
    origin = os.path.normpath(added / name) if added else _origin(name)
    if origin is None:
        text = f"imports `{name}`, which is not installed"
        return Fault(Kind.MODULE, cell, text, f"Install it, and declare it in {_files(subject)}.", line)
    if origin and not is_library(origin):
        return _from_elsewhere(subject, name, Path(origin), cell, line)
    packages = {canonicalize_name(each) for each in _packages().get(name, ())}
    if declared is not None and packages and not packages & declared:
        text = f"imports `{name}`, which is installed here but not declared"
        return Fault(Kind.MODULE, cell, text, f"Declare {sorted(packages)[0]} in {_files(subject)}.", line)
    return None


def _from_elsewhere(subject: Subject, name: str, origin: Path, cell: int, line: int) -> Fault | None:
    if origin.resolve().is_relative_to(subject.root.resolve()):
        return None
    text = f"imports `{name}` from {origin.parent}, outside of the project"
    if subject.project is None:
        text = f"imports `{name}` from {origin.parent}, outside of its folder"
    todo = f"Copy it into {subject.root}, or install it as a package."
    return Fault(Kind.MODULE, cell, text, todo, line)


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield imported top-level names with their lines, but for those whose failure is caught."""
    guarded: set[int] = set()
    for node in ast.walk(tree):
        if _is_guard(node):
            guarded |= {id(inner) for statement in node.body for inner in ast.walk(statement)}
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno


def _is_guard(node: ast.AST) -> TypeGuard[ast.Try | ast.If]:
    if isinstance(node, ast.Try):
        return any(_catches_import(handler) for handler in node.handlers)
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _catches_import(handler: ast.ExceptHandler) -> bool:
    caught = "" if handler.type is None else ast.unparse(handler.type)
    return handler.type is None or "Import" in caught or "ModuleNotFound" in caught or caught == "Exception"


def _added(subject: Subject) -> Iterator[Path]:
    """Yield the folders that cells put on `sys.path`."""
    for cell, call in subject.calls():
        if ast.unparse(call.func) in ("sys.path.append", "sys.path.insert") and call.args:
            said = subject.reader.read(cell, call.args[-1])
            if said and said.whole:
                yield subject.folder / Path(said.whole).expanduser()


def is_module(folder: Path, name: str) -> bool:
    """Return whether a folder holds a module, or a package."""
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


def _origin(name: str) -> str | None:
    """Return where a module lies, "" when it is a folder without a file; None when there is none."""
    if name in sys.builtin_module_names:
        return ""
    here = Path.cwd()
    paths = [path for path in sys.path if path and Path(path) != here]
    try:
        spec = PathFinder.find_spec(name, paths)
        for finder in () if spec else sys.meta_path:
            spec = spec or (finder.find_spec(name, None) if "editable" in repr(finder) else None)
    except (ImportError, ValueError, AttributeError):
        return None
    return None if spec is None else spec.origin or ""


def _declared(subject: Subject) -> frozenset[str] | None:
    """Return the packages that the declared environment brings, None when nothing is declared."""
    if subject.project is None or not subject.project.config.environment.files:
        return None
    names = set()
    for key in environment_print(subject.project):
        name = key.rpartition(":")[2].partition("[")[0]
        if key not in _NOT_PACKAGES and name and " " not in name:
            names.add(canonicalize_name(name))
    return _closure(frozenset(names))


@lru_cache(maxsize=16)
def _closure(names: frozenset[str]) -> frozenset[str]:
    """Return packages with all that they require, as far as they are installed."""
    found, pending = set[str](), list(names)
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        try:
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        for text in needed:
            try:
                pending.append(canonicalize_name(Requirement(text).name))
            except InvalidRequirement:
                continue
    return frozenset(found)


@lru_cache(maxsize=1)
def _packages() -> Mapping[str, list[str]]:
    return packages_distributions()


def _files(subject: Subject) -> str:
    files = subject.project.config.environment.files if subject.project else ()
    return " or ".join(files[:2]) or "the requirements of whoever runs it"
