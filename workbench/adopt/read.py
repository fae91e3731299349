"""Reads a notebook that somebody worked in: its cells, their Python and their magics."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench.adopt.edit import Edit, Positions, applied
from workbench.adopt.magic import Magic, read_code
from workbench.errors import NotebookError, UsageError
from workbench.notebook_file import INJECTED, read_notebook
from workbench.parameters.names import imported

SKIPPED = "skip-execution"


@dataclass
class Cell:
    """A cell of the original, and the edits that are proposed to it.

    Attributes:
        number: its place in the original, counted from 1 over all cells.
        raw: as the file holds it.
        tree: its Python; None when it is no code, or no Python.
    """

    number: int
    raw: dict[str, Any]
    tree: ast.Module | None = None
    magics: tuple[Magic, ...] = ()
    edits: list[Edit] = field(default_factory=list)
    left_out: bool = False

    @property
    def source(self) -> str:
        """The text of the original."""
        return str(self.raw["source"])

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return bool(self.raw["cell_type"] == "code")

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        return tuple(self.raw["metadata"].get("tags", ()))

    @property
    def count(self) -> int | None:
        """As how many-th it was executed; None when it was not."""
        return self.raw.get("execution_count")

    @cached_property
    def at(self) -> Positions:
        """Where its nodes stand."""
        return Positions(self.source)

    @property
    def edited(self) -> str:
        """The text with the proposed edits."""
        return applied(self.source, self.edits)

    def change(self, node: ast.expr | ast.stmt, text: str) -> None:
        """Propose another text for a node."""
        self.edits.append(Edit(*self.at.span(node), text))

    def drop(self, node: ast.stmt) -> None:
        """Propose to take away a statement with its line and comment."""
        assert node.end_lineno is not None
        self.edits.append(Edit(*self.at.lines(node.lineno, node.end_lineno), ""))


@dataclass
class Messy:
    """A notebook to be adopted.

    Attributes:
        path: absolute.
        document: as the file holds it, each source as one text.
        cells: all its cells but those that a run injected.
    """

    path: Path
    document: dict[str, Any]
    cells: list[Cell]

    @property
    def code(self) -> list[Cell]:
        """The cells whose Python could be read, in the order of the file."""
        return [cell for cell in self.cells if cell.tree is not None and not cell.left_out]

    @cached_property
    def bound(self) -> dict[str, str]:
        """What the import statements of all cells bind: `{"pd": "pandas"}`."""
        nodes = (node for cell in self.cells if cell.tree for node in ast.walk(cell.tree))
        return imported(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))

    def nodes(self) -> Iterator[tuple[Cell, ast.AST]]:
        """Yield every node of every code cell."""
        for cell in self.code:
            assert cell.tree is not None
            for node in ast.walk(cell.tree):
                yield cell, node


def read(path: Path) -> Messy:
    """Read a notebook for adoption.

    Raises:
        NotebookError: the file is missing, is no notebook of format 4, or is not in Python.
        UsageError: it is a stage already.
    """
    document = read_notebook(path)
    language = _language(document)
    if language != "python":
        raise NotebookError(
            f"The notebook {path} is written in {language}, but stages are written in Python.",
            hint="Adopt a Python notebook; call the other language from a cell of it.",
            path=str(path),
        )
    numbered = enumerate(document["cells"], start=1)
    cells = [
        Cell(number, raw) for number, raw in numbered if not INJECTED & {*raw["metadata"].get("tags", ())}
    ]
    for cell in cells:
        if cell.is_code:
            cell.tree, cell.magics = read_code(cell.source)
            cell.left_out = SKIPPED in cell.tags
    messy = Messy(path, document, cells)
    if not any(cell.is_code and cell.source.strip() for cell in cells):
        raise NotebookError(
            f"The notebook {path} has no code.", hint="There is nothing to run.", path=str(path)
        )
    _refuse_stage(messy)
    return messy


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata", {})
    said = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    return str(said or "python").lower()


def _refuse_stage(messy: Messy) -> None:
    for cell, node in messy.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "stage":
            root = node.func.value
            if isinstance(root, ast.Name) and messy.bound.get(root.id) == "workbench":
                raise UsageError(
                    f"{messy.path} is a stage already: cell {cell.number} says `{ast.unparse(node)}`.",
                    hint="Declare it in workbench.toml: [stages.NAME] with notebook = …",
                )
