"""Which files the stages of a project save as outputs, by the names of those files."""

from __future__ import annotations

import ast

from workbench.adopt.magic import read_code
from workbench.errors import NotebookError
from workbench.notebook_file import read_cells
from workbench.project import Project


def saved_files(project: Project) -> dict[str, str]:
    """Return for each file that an adopted stage saves the output that holds it.

    An adopted stage says `stage.save("clean", stage.folder / "clean.csv")`; a notebook that reads `clean.csv`
    reads that output. A file name that two stages save stands for neither.
    """
    found: dict[str, list[str]] = {}
    for stage in project.config.stages.values():
        try:
            cells = read_cells(project.root / stage.notebook)
        except NotebookError:
            continue
        for cell in cells:
            tree = read_code(cell["source"])[0] if cell["cell_type"] == "code" else None
            for node in ast.walk(tree) if tree else ():
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="save"),
                        args=[
                            ast.Constant(value=str(name)),
                            ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(file))),
                        ],
                    ) if name in stage.outputs:
                        found.setdefault(file, []).append(name)
    return {file: names[0] for file, names in found.items() if len(names) == 1}
