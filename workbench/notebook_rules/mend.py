"""What can be mended without asking anybody; the code of a cell stays as it is."""

from __future__ import annotations

import ast
import re
from typing import Any

from workbench.notebook_file import INJECTED
from workbench.notebook_rules.rule import Cell, Notebook
from workbench.notebook_rules.rules import NOISE, is_code, tags_of

_LANGUAGE = frozenset({"name"})  # the rest is the version of whoever ran it last


def clear_results(notebook: Notebook) -> bool:
    """Take outputs and execution counts away."""
    changed = False
    for cell in filter(is_code, notebook["cells"]):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            cell.update(outputs=[], execution_count=None)
            changed = True
    return changed


def clear_noise(notebook: Notebook) -> bool:
    """Take away what tools left in the metadata."""
    changed = False
    for metadata in (notebook.get("metadata", {}), *(cell["metadata"] for cell in notebook["cells"])):
        for key in NOISE & set(metadata):
            del metadata[key]
            changed = True
    return changed


def drop_empties(notebook: Notebook) -> bool:
    """Take empty cells at the end away."""
    cells = notebook["cells"]
    before = len(cells)
    while cells and not _text(cells[-1]).strip() and "parameters" not in tags_of(cells[-1]):
        cells.pop()
    return len(cells) < before


def tag_parameters(notebook: Notebook) -> bool:
    """Tag the cell of parameters: the first of plain assignments, or else a new empty one below the title.

    A cell that a run injected is taken away; where several are tagged a person has to choose.
    """
    cells = notebook["cells"]
    kept = [cell for cell in cells if not INJECTED & {*tags_of(cell)}]
    changed = len(kept) < len(cells)
    cells[:] = kept
    if any(is_code(cell) and "parameters" in tags_of(cell) for cell in cells):
        return changed
    first = next((cell for cell in cells if is_code(cell) and _text(cell).strip()), None)
    if first is not None and _only_assigns(_text(first)):
        first["metadata"]["tags"] = [*tags_of(first), "parameters"]
        return True
    place = 1 if cells and cells[0]["cell_type"] == "markdown" else 0
    made: dict[str, Any] = {"execution_count": None, "outputs": [], "metadata": {"tags": ["parameters"]}}
    cells.insert(place, _made(notebook, "code", "", **made))
    return True


def add_title(notebook: Notebook) -> bool:
    """Put a title of the stage's name, and what it reads and writes, where there is none."""
    cells = notebook["cells"]
    first = cells[0] if cells else None
    promise = _promise(notebook)
    if first is None or first["cell_type"] != "markdown" or not re.match(r"# \S", _text(first).strip()):
        title = _title(notebook)
        cells.insert(0, _made(notebook, "markdown", f"# {title}\n\n{promise}", metadata={}))
        return True
    lines = _text(first).strip().splitlines()
    if any(re.search(r"\breads\b.*\bwrites\b", line, re.IGNORECASE) for line in lines[1:]):
        return False
    first["source"] = "\n".join([lines[0], "", promise, *lines[1:]])
    return True


def _title(notebook: Notebook) -> str:
    for cell in filter(is_code, notebook["cells"]):
        found = re.search(r"\bstage\(\s*['\"]([^'\"]+)['\"]", _text(cell))
        if found:
            return found.group(1).replace("-", " ").replace("_", " ").capitalize()
    return "Stage"


def _promise(notebook: Notebook) -> str:
    code = "\n".join(_text(cell) for cell in filter(is_code, notebook["cells"]))
    reads = dict.fromkeys(re.findall(r"\bstage\.load\(\s*['\"]([^'\"]+)['\"]", code))
    writes = dict.fromkeys(re.findall(r"\bstage\.save\(\s*['\"]([^'\"]+)['\"]", code))
    return f"Reads {_listed(list(reads))}; writes {_listed(list(writes))}."


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    if not quoted:
        return "nothing of the project"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _only_assigns(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    assigned = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return bool(assigned) and all(_is_literal(node) for node in assigned)


def _is_literal(node: ast.stmt) -> bool:
    match node:
        case (
            ast.Assign(targets=[ast.Name()], value=value)
            | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
        ):
            try:
                ast.literal_eval(value)
            except ValueError:
                return isinstance(node, ast.AnnAssign) and isinstance(value, ast.Call)
            return True
    return False


def _made(notebook: Notebook, kind: str, source: str, **fields: Any) -> Cell:
    cell: Cell = {"cell_type": kind, "source": source, **fields}
    if notebook.get("nbformat_minor", 0) >= 5:
        taken = {each.get("id") for each in notebook["cells"]}
        name = "title" if kind == "markdown" else "parameters"
        cell["id"] = name if name not in taken else f"workbench-{name}"
    return cell


def _text(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
