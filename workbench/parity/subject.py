"""The notebook under check: its cells, its code, and what is known of the stage that it may be."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench.adopt.constants import Constants
from workbench.adopt.magic import Magic, read_code
from workbench.adopt.path_text import Reader
from workbench.adopt.read import SKIPPED, Cell, Messy
from workbench.errors import NotebookError
from workbench.notebook_file import INJECTED, INJECTED_PARAMETERS, read_notebook
from workbench.parameters.names import qualified
from workbench.pipeline.modules import local_modules
from workbench.pipeline.prepare import PreparedStage, clean_cell
from workbench.project import Project, StageConfig

_INSTALL = re.compile(
    r"(?:python3? -m )?pip3? install\b|(?:conda|mamba|uv|apt|apt-get)\b.* install\b|conda install\b"
)


@dataclass
class Subject:
    """A notebook, and the stage that it is.

    Attributes:
        path: of the notebook, absolute.
        project: the one around it; None where there is none.
        stage: what `workbench.toml` says of it, made ready; None when it is no stage.
    """

    path: Path
    messy: Messy
    project: Project | None = None
    stage: PreparedStage | None = None
    given: frozenset[str] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        """The stage's name, or the file's."""
        return self.stage.name if self.stage else self.path.stem

    @property
    def folder(self) -> Path:
        """The folder that its kernel starts in."""
        return self.path.parent

    @property
    def root(self) -> Path:
        """The folder of everything that travels with it: the project's, or its own."""
        return self.project.root if self.project else self.folder

    @property
    def shown(self) -> str:
        """Its path, as people know it."""
        inside = self.path.is_relative_to(self.root)
        return self.path.relative_to(self.root).as_posix() if inside else str(self.path)

    @property
    def config(self) -> StageConfig | None:
        """What is declared of the stage."""
        return self.stage.config if self.stage else None

    @cached_property
    def constants(self) -> Constants:
        """Its names, and what some of them stand for."""
        return Constants(self.messy)

    @cached_property
    def reader(self) -> Reader:
        """Reads expressions that make paths."""
        return Reader(self.messy.bound, self.constants.once)

    @cached_property
    def modules(self) -> dict[str, str]:
        """The local files that it imports, relative to its root."""
        return local_modules(self.messy.document["cells"], self.folder, self.root)

    @cached_property
    def declared_files(self) -> tuple[Path, ...]:
        """The files and folders that the stage declares to read, absolute."""
        return tuple(self.root / each for each in self.config.files) if self.config else ()

    def cell(self, number: int) -> Cell:
        """Return a cell by its number, counted from 1."""
        return next(cell for cell in self.messy.cells if cell.number == number)

    def line(self, cell: int, line: int | None) -> str:
        """Return a line of a cell, without spaces around it; its first when no line is known."""
        lines = self.cell(cell).source.splitlines() or [""]
        if line is None or not 0 < line <= len(lines):
            line = 1
        return lines[line - 1].strip()

    def calls(self) -> Iterator[tuple[Cell, ast.Call]]:
        """Yield every call of every cell."""
        for cell, node in self.messy.nodes():
            if isinstance(node, ast.Call):
                yield cell, node


def subject_of(path: Path, project: Project | None, stage: PreparedStage | None = None) -> Subject:
    """Read a notebook to be checked.

    Raises:
        NotebookError: the file is missing, is no notebook of format 4, or is not in Python.
    """
    document = read_notebook(path)
    metadata = document.get("metadata", {})
    language = str((metadata.get("kernelspec") or {}).get("language") or "python").lower()
    if language != "python":
        raise NotebookError(
            f"The notebook {path} is written in {language}; only Python notebooks can be checked.",
            hint="Name a Python notebook.",
            path=str(path),
        )
    cells = []
    for number, raw in enumerate(document["cells"], start=1):
        cell = Cell(number, raw)
        if cell.is_code:
            cell.tree, cell.magics = read_code(cell.source)
            cell.left_out = SKIPPED in cell.tags or (stage is not None and bool(INJECTED & {*cell.tags}))
        cells.append(cell)
    given = frozenset(stage.signature.names) if stage else frozenset[str]()
    return Subject(path, Messy(path, document, cells), project, stage, given)


def asked_stage(subject: Subject) -> str:
    """Return the stage that a notebook asks for, `wb.stage("train")`; "" when it asks for none."""
    for _, call in subject.calls():
        match call:
            case ast.Call(func=func, args=[ast.Constant(value=str(name))]):
                if qualified(func, subject.messy.bound) == "workbench.stage":
                    return name
    return ""


@dataclass(frozen=True)
class Copy:
    """The notebook as its kernel gets it.

    Attributes:
        text: nbformat-4 JSON.
        numbers: for each of its cells the number of the original; None for one that was put in.
        executed: the numbers of the code cells that are executed, in order.
    """

    text: str
    numbers: tuple[int | None, ...]
    executed: tuple[int, ...]


def copy_for(subject: Subject, first: str) -> Copy:
    """Return the notebook without old results, a cell put before all others.

    Args:
        subject: the notebook.
        first: the source of that cell.
    """
    document = subject.messy.document
    named = document.get("nbformat_minor", 0) >= 5
    cells: list[Mapping[str, Any]] = [_made(first, "workbench-check", named)]
    numbers: list[int | None] = [None]
    for cell in subject.messy.cells:
        if subject.stage is not None and INJECTED & {*cell.tags}:
            continue
        raw = cell.raw
        clean = {**clean_cell(raw), "source": _without_installs(cell)}
        cells.append(clean if cell.is_code else raw)
        numbers.append(cell.number)
        if subject.stage is not None and subject.stage.given and "parameters" in cell.tags and cell.is_code:
            values = {name: subject.stage.values[name] for name in subject.stage.given}
            cells.append(_made(subject.stage.signature.render(values), INJECTED_PARAMETERS, named))
            numbers.append(None)
    executed = tuple(
        number or 0
        for raw, number in zip(cells[1:], numbers[1:], strict=True)
        if raw["cell_type"] == "code"
        and raw["source"].strip()
        and SKIPPED not in raw["metadata"].get("tags", [])
    )
    metadata = {key: value for key, value in document.get("metadata", {}).items() if key != "widgets"}
    return Copy(json.dumps({**document, "metadata": metadata, "cells": cells}), tuple(numbers), executed)


def _without_installs(cell: Cell) -> str:
    """Return a cell's text without lines that install packages: a check changes nobody's environment."""
    lines = cell.source.split("\n")
    for magic in cell.magics:
        if magic.kind in ("line", "shell") and installs(magic):
            for number in range(magic.line - 1, magic.last):
                indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
                lines[number] = f"{indent}pass  # {lines[number].strip()}"
    return "\n".join(lines)


def installs(magic: Magic) -> bool:
    """Return whether a magic or shell line installs packages."""
    return bool(_INSTALL.match(f"{magic.name} {magic.words}"))


def _made(source: str, tag: str, named: bool) -> dict[str, Any]:
    return {
        "cell_type": "code",
        **({"id": tag} if named else {}),
        "metadata": {"tags": [tag]},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
