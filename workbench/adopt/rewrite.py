"""Puts the notebook of a stage together: title, parameters, stage, the cells, what is saved."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.adopt.files import Output
from workbench.adopt.read import SKIPPED, Cell, Messy
from workbench.adopt.setting import Setting

_PARAMETERS = "parameters"


@dataclass(frozen=True)
class Parts:
    """What is put together.

    Attributes:
        handle: the variable that holds the stage; `module` is what workbench is imported as.
        order: the numbers of the original's cells, as they are to stand.
        imports: statements that the original lacks.
        folder: to be put on the path for imports; None when none has to be.
    """

    stage: str
    handle: str
    module: str
    order: Sequence[int]
    settings: Sequence[Setting]
    imports: Sequence[str]
    folder: str | None
    reads: Sequence[str]
    outputs: Sequence[Output]


def rewrite(messy: Messy, parts: Parts) -> dict[str, Any]:
    """Return the stage's notebook, without outputs; a cell without edits keeps its text byte for byte."""
    by_number = {cell.number: cell for cell in messy.cells}
    ordered = [by_number[number] for number in parts.order]
    first = ordered[0] if ordered and re.match(r"\s*# \S", _markdown(ordered[0])) else None
    tagged = next((cell for cell in ordered if cell.is_code and _PARAMETERS in cell.tags), None)
    made = _Maker(messy)
    cells = [
        made.titled(first, parts) if first else made.cell("markdown", "title", _title(parts)),
        made.cell("code", _PARAMETERS, _parameters(parts, tagged), like=tagged, tags=(_PARAMETERS,)),
        made.cell("code", "stage", _stage(parts)),
    ]
    cells += [kept for cell in ordered if cell not in (first, tagged) and (kept := made.kept(cell))]
    if parts.outputs:
        cells.append(made.cell("code", "outputs", _saves(parts)))
    metadata = {key: value for key, value in messy.document.get("metadata", {}).items() if key != "widgets"}
    return {**messy.document, "metadata": metadata, "cells": cells}


def without_results(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook without outputs, execution counts and the state of widgets."""
    metadata = {key: value for key, value in document.get("metadata", {}).items() if key != "widgets"}
    return {**document, "metadata": metadata, "cells": [_clear(cell) for cell in document["cells"]]}


class _Maker:
    """Makes cells as the notebook's version of the format wants them."""

    def __init__(self, messy: Messy) -> None:
        self._with_ids = (messy.document.get("nbformat_minor") or 0) >= 5
        self._ids = {cell.raw.get("id") for cell in messy.cells}

    def cell(
        self, kind: str, id_: str, source: str, *, like: Cell | None = None, tags: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return a new cell, or `like` with another text."""
        made: dict[str, Any] = {"cell_type": kind, "metadata": {"tags": list(tags)} if tags else {}}
        if like is not None:
            made = dict(like.raw)
        elif self._with_ids:
            made["id"] = id_ if id_ not in self._ids else f"workbench-{id_}"
        made["source"] = source
        return _clear(made)

    def titled(self, cell: Cell, parts: Parts) -> dict[str, Any]:
        """Return the original's first cell with the line that says what is read and written."""
        return self.cell("markdown", "title", f"{cell.source.rstrip()}\n\n{_opening(parts)}", like=cell)

    def kept(self, cell: Cell) -> dict[str, Any] | None:
        """Return a cell with its edits; None when they leave nothing of it."""
        source = cell.edited if cell.edits else cell.source
        if cell.edits:
            source = source.strip("\n")
            if not source.strip():
                return None
        made = {**cell.raw, "source": source}
        if cell.left_out and SKIPPED not in cell.tags:
            made["metadata"] = {**cell.raw["metadata"], "tags": [*cell.tags, SKIPPED]}
        return _clear(made)


def _clear(cell: Mapping[str, Any]) -> dict[str, Any]:
    if cell["cell_type"] != "code":
        return dict(cell)
    return {**cell, "execution_count": None, "outputs": []}


def _markdown(cell: Cell) -> str:
    return cell.source if cell.raw["cell_type"] == "markdown" else ""


def _title(parts: Parts) -> str:
    return f"# {parts.stage.replace('_', ' ').replace('-', ' ').capitalize()}\n\n{_opening(parts)}"


def _opening(parts: Parts) -> str:
    """Say what the stage reads and writes, as the notebook rules want it."""
    writes = _listed([output.name for output in parts.outputs]) or "nothing"
    return f"Reads {_listed(parts.reads) or 'nothing of the project'}; writes {writes}."


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _parameters(parts: Parts, tagged: Cell | None) -> str:
    imports = _merged({line for setting in parts.settings for line in setting.imports})
    lines = [setting.line for setting in parts.settings]
    own = tagged.edited.strip("\n") if tagged else ""
    blocks = [own, "\n".join(imports), "\n".join(lines)]
    return "\n\n".join(block for block in blocks if block) or "# it takes none"


def _merged(imports: Collection[str]) -> list[str]:
    """Return import statements, those from one module on one line."""
    plain = sorted(line for line in imports if not line.startswith("from "))
    names: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("from "):
            module, _, listed = line.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).update(listed.split(", "))
    return plain + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]


def _stage(parts: Parts) -> str:
    imported = "import workbench as wb" if parts.module == "wb" else "import workbench"
    own = f'{parts.handle} = {parts.module}.stage("{parts.stage}")'
    lines = [*(["import sys", ""] if parts.folder else []), *parts.imports, imported, "", own]
    if parts.folder:
        lines.append(f'sys.path.insert(0, "{parts.folder}")')
    return "\n".join(lines)


def _saves(parts: Parts) -> str:
    saves = [f'{parts.handle}.save("{o.name}", {parts.handle}.folder / "{o.file}")' for o in parts.outputs]
    return "\n".join(saves)
