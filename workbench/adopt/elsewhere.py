"""What works only where the notebook was written: a hosted service's modules, modules beside the notebook."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from workbench.adopt.edit import Edit
from workbench.adopt.finding import Finding
from workbench.adopt.place import Places
from workbench.adopt.read import Cell, Messy

_HOSTED = ("google.colab", "kaggle_secrets", "dbutils")


def leave_host(messy: Messy) -> Iterator[Finding]:
    """Propose to comment out statements that only a hosted service understands, such as `drive.mount(…)`."""
    names = {name for name, full in messy.bound.items() if full.startswith(_HOSTED)}
    for cell in messy.code:
        assert cell.tree is not None
        for statement in cell.tree.body:
            if cell.at.alone(statement) and (_imports(statement) or _calls(statement, names)):
                _comment_out(cell, statement)
                text = f"`{ast.unparse(statement)}` works only on its hosted service: it becomes a comment"
                yield Finding("elsewhere", cell.number, text)


def _imports(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import(names=names):
            return all(alias.name.startswith(_HOSTED) for alias in names)
        case ast.ImportFrom(module=str(module)):
            return module.startswith(_HOSTED)
    return False


def _calls(statement: ast.stmt, names: set[str]) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in names
    return False


def _comment_out(cell: Cell, statement: ast.stmt) -> None:
    start, end = cell.at.lines(statement.lineno, statement.end_lineno or statement.lineno)
    lines = cell.source[start:end].split("\n")
    cell.edits.append(Edit(start, end, "\n".join(f"# {line}" if line else line for line in lines)))


def own_modules(messy: Messy, places: Places) -> tuple[str | None, list[Finding]]:
    """Return the folder, as seen from the new one, that imports need on their path, and what was found.

    Modules in the project's folder are found by every stage; those beside the notebook are not.
    """
    beside: dict[str, int] = {}
    for cell, node in messy.nodes():
        for name in _imported(node):
            seen = any(_is_module(base, name) for base in (places.root, places.target))
            if _is_module(places.source, name) and not seen:
                beside.setdefault(name, cell.number)
    if not beside:
        return None, []
    names = ", ".join(f"`{name}`" for name in beside)
    first = next(iter(beside.values()))
    if not places.source.is_relative_to(places.root):
        todo = f"Copy it from {places.source} into {places.root}, and adopt the notebook again."
        text = f"imports {names}, which lies beside the notebook and outside of the project"
        return None, [Finding("module", first, text, blocks=True, todo=todo)]
    folder = os.path.relpath(places.source, places.target)
    return folder, [
        Finding("module", first, f"imports {names} from {folder}: that folder is put on the path")
    ]


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]


def _is_module(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
