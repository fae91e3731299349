"""The rules for stage notebooks, executable: `python -m workbench.notebook_rules [--fix] notebooks`.

A stage notebook is read by people who did not write it, in the morning after it broke. So it opens with a
title and one line that says what it reads and writes, has one parameters cell, is short, and holds neither
classes nor stored outputs: longer logic lives in a module with tests, results live in the run.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import NotebookError
from workbench.notebook_file import read_notebook

MOST_CELLS = 12
MOST_LINES = 15

Cell = dict[str, Any]
Finding = tuple[int | None, str]
Rule = Callable[[Sequence[Cell]], Iterator[Finding]]


@dataclass(frozen=True)
class Breach:
    """One rule broken in one place.

    Attributes:
        path: the notebook.
        cell: the cell's number as a reader counts, from 1; None when the whole notebook is meant.
        text: what was found, what is expected, what to do.
    """

    path: Path
    cell: int | None
    text: str

    def __str__(self) -> str:
        where = "" if self.cell is None else f", cell {self.cell}"
        return f"{self.path}{where}: {self.text}"


def _tags(cell: Cell) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def _is_code(cell: Cell) -> bool:
    return bool(cell["cell_type"] == "code")


def opens_with_title(cells: Sequence[Cell]) -> Iterator[Finding]:
    """The first cell is Markdown, starts with an H1 and says in one line what is read and written."""
    first = cells[0] if cells else {}
    text = first.get("source", "").strip()
    if first.get("cell_type") != "markdown" or not re.match(r"# \S", text):
        yield 1, "the first cell must be Markdown that starts with a title, like `# Train`."
    elif not any(re.search(r"\breads\b.*\bwrites\b", line, re.IGNORECASE) for line in text.splitlines()[1:]):
        yield (
            1,
            "no line says what it reads and writes. Add one, like `Reads `features`; writes `candidate`.`",
        )


def has_one_parameters_cell(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Exactly one code cell is tagged `parameters`; none was injected by a run."""
    found = [number for number, cell in enumerate(cells, 1) if _is_code(cell) and "parameters" in _tags(cell)]
    if not found:
        yield None, "no code cell is tagged `parameters`. Tag one; it may be empty when there are none."
    for number in found[1:]:
        yield number, f"a second cell is tagged `parameters` (the first is cell {found[0]}). Keep one."
    for number, cell in enumerate(cells, 1):
        if "injected-parameters" in _tags(cell):
            yield number, "these parameters were injected by a run. Delete the cell."


def stores_no_results(cells: Sequence[Cell]) -> Iterator[Finding]:
    """No output and no execution count is stored."""
    for number, cell in enumerate(cells, 1):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield number, "outputs or an execution count are stored. Clear them with --fix."


def defines_no_class(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Classes live in modules, where they are tested."""
    for number, cell in enumerate(cells, 1):
        if _is_code(cell) and (name := _first_class(cell["source"])):
            yield number, f"class {name} is defined here. Move it into a module with a test."


def _first_class(source: str) -> str | None:
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError):  # a magic or a shell line
        found = re.search(r"^\s*class\s+(\w+)", source, re.MULTILINE)
        return found.group(1) if found else None
    return next((node.name for node in nodes if isinstance(node, ast.ClassDef)), None)


def is_short(cells: Sequence[Cell]) -> Iterator[Finding]:
    """A dozen cells of fifteen lines is what a person reads in one go."""
    if len(cells) > MOST_CELLS:
        yield (
            None,
            f"{len(cells)} cells; at most {MOST_CELLS} are allowed. Move logic into a module.",
        )
    for number, cell in enumerate(cells, 1):
        lines = len(cell["source"].strip().splitlines())
        if lines > MOST_LINES:
            yield (
                number,
                f"{lines} lines; at most {MOST_LINES} are allowed. Move logic into a module with a test.",
            )


RULES: tuple[Rule, ...] = (
    opens_with_title,
    has_one_parameters_cell,
    stores_no_results,
    defines_no_class,
    is_short,
)


def check(path: Path) -> list[Breach]:
    """Return every breach of a rule in one notebook."""
    try:
        notebook = read_notebook(path)
    except NotebookError as error:
        return [Breach(path, None, str(error))]
    found = [Breach(path, cell, text) for rule in RULES for cell, text in rule(notebook["cells"])]
    if "widgets" in notebook.get("metadata", {}):
        found.append(Breach(path, None, "the state of widgets is stored. Clear it with --fix."))
    return found


def clear(path: Path) -> bool:
    """Remove outputs, execution counts and widget state; False, and nothing written, when there were none.

    Raises:
        NotebookError: it is no notebook.
    """
    read_notebook(path)
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    for cell in filter(_is_code, notebook["cells"]):
        cell.update(outputs=[], execution_count=None)
    notebook.get("metadata", {}).pop("widgets", None)
    if notebook == json.loads(text):
        return False
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return True


def notebooks_under(path: Path) -> list[Path]:
    """Return the notebook itself, or those in a folder and its sub-folders."""
    if path.is_file():
        return [path]
    found = path.rglob("*.ipynb") if path.is_dir() else ()
    return sorted(each for each in found if ".ipynb_checkpoints" not in each.parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, or first clear, notebooks; 0 when in order, 1 when a rule is broken, 2 when there are none."""
    parser = argparse.ArgumentParser(
        prog="python -m workbench.notebook_rules", description="Check stage notebooks."
    )
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    parser.add_argument("--fix", action="store_true", help="clear stored outputs first")
    options = parser.parse_args(arguments)
    breaches: list[Breach] = []
    for path in options.paths:
        notebooks = notebooks_under(path)
        if not notebooks:
            print(
                f"There is no notebook at {path}. Name a notebook, or a folder that holds some.",
                file=sys.stderr,
            )
            return 2
        for notebook in notebooks:
            if options.fix and _clear_if_readable(notebook):
                print(f"{notebook}: cleared")
            breaches += check(notebook)
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


def _clear_if_readable(path: Path) -> bool:
    try:
        return clear(path)
    except NotebookError:  # `check` says so
        return False


if __name__ == "__main__":
    raise SystemExit(main())
