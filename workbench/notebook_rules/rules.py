"""What the notebook rules find: each a function from a notebook to the places that break it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from workbench.notebook_file import INJECTED
from workbench.notebook_rules.rule import Cell, Found, Notebook

MOST_CELLS = 12
MOST_LINES = 15
NOISE = frozenset(
    {
        *(
            "papermill",
            "execution",
            "ExecuteTime",
            "collapsed",
            "scrolled",
            "outputId",
            "colab",
            "executionInfo",
        ),
        *(
            "widgets",
            "toc",
            "varInspector",
            "vscode",
            "pycharm",
            "deepnote",
            "trusted",
            "workbench",
            "kernel_info",
        ),
    }
)
"""Keys of metadata that tools leave behind, and that say nothing of the code."""


def tags_of(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    return list(cell["metadata"].get("tags", []))


def is_code(cell: Cell) -> bool:
    """Return whether it is a code cell."""
    return bool(cell["cell_type"] == "code")


def opens_with_title(notebook: Notebook) -> Iterator[Found]:
    """The first cell is Markdown, starts with an H1 and says in one line what is read and written."""
    cells = notebook["cells"]
    first = cells[0] if cells else {}
    text = first.get("source", "").strip()
    if first.get("cell_type") != "markdown" or not re.match(r"# \S", text):
        yield 1, "the first cell must be Markdown that starts with a title, like `# Train`."
    elif not any(re.search(r"\breads\b.*\bwrites\b", line, re.IGNORECASE) for line in text.splitlines()[1:]):
        yield (
            1,
            "no line says what it reads and writes. Add one, like `Reads `features`; writes `candidate`.`",
        )


def has_one_parameters_cell(notebook: Notebook) -> Iterator[Found]:
    """Exactly one code cell is tagged `parameters`; none was injected by a run."""
    cells = notebook["cells"]
    found = [
        number for number, cell in enumerate(cells, 1) if is_code(cell) and "parameters" in tags_of(cell)
    ]
    if not found:
        yield None, "no code cell is tagged `parameters`. Tag one; it may be empty when there are none."
    for number in found[1:]:
        yield number, f"a second cell is tagged `parameters` (the first is cell {found[0]}). Keep one."
    for number, cell in enumerate(cells, 1):
        if INJECTED & {*tags_of(cell)}:
            yield number, "this cell was injected by a run. Delete it."


def stores_no_results(notebook: Notebook) -> Iterator[Found]:
    """No output and no execution count is stored."""
    cells = notebook["cells"]
    for number, cell in enumerate(cells, 1):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield number, "outputs or an execution count are stored. Clear them with --fix."


def defines_no_class(notebook: Notebook) -> Iterator[Found]:
    """Classes live in modules, where they are tested."""
    cells = notebook["cells"]
    for number, cell in enumerate(cells, 1):
        if is_code(cell) and (name := _first_class(cell["source"])):
            yield number, f"class {name} is defined here. Move it into a module with a test."


def _first_class(source: str) -> str | None:
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError):  # a magic or a shell line
        found = re.search(r"^\s*class\s+(\w+)", source, re.MULTILINE)
        return found.group(1) if found else None
    return next((node.name for node in nodes if isinstance(node, ast.ClassDef)), None)


def is_short(notebook: Notebook) -> Iterator[Found]:
    """A dozen cells of fifteen lines is what a person reads in one go.

    A tour, whose title is tagged `tour`, may have more cells.
    """
    cells = notebook["cells"]
    is_tour = bool(cells) and "tour" in tags_of(cells[0])
    if len(cells) > MOST_CELLS and not is_tour:
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


def carries_no_noise(notebook: Notebook) -> Iterator[Found]:
    """What tools leave in the metadata makes differences that nobody made."""
    metadata = notebook.get("metadata", {})
    if "widgets" in metadata:
        yield None, "the state of widgets is stored. Clear it with --fix."
    if found := sorted(NOISE & set(metadata) - {"widgets"}):
        yield None, f"the metadata holds {', '.join(found)}, left by a tool. Clear it with --fix."
    for number, cell in enumerate(notebook["cells"], 1):
        if found := sorted(NOISE & set(cell["metadata"])):
            yield number, f"the metadata holds {', '.join(found)}, left by a tool. Clear it with --fix."


def ends_with_content(notebook: Notebook) -> Iterator[Found]:
    """Empty cells at the end are what is left of trying something."""
    cells = notebook["cells"]
    for number in range(len(cells), 0, -1):
        if cells[number - 1]["source"].strip():
            return
        if is_code(cells[number - 1]) and "parameters" in tags_of(cells[number - 1]):
            return
        yield number, "the cell is empty. Take it away with --fix."
