"""Reads a messy notebook and proposes it as a stage."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.adopt.access import accesses, tables
from workbench.adopt.asked import Asked, answered, given
from workbench.adopt.check import check, leave_out
from workbench.adopt.constants import Constants
from workbench.adopt.declare import declared
from workbench.adopt.elsewhere import leave_host, own_modules
from workbench.adopt.files import Files, Sorter
from workbench.adopt.hidden import Hidden, look
from workbench.adopt.magics import Magics
from workbench.adopt.naming import slug, unique
from workbench.adopt.path_text import Reader
from workbench.adopt.place import Places, is_somebodys
from workbench.adopt.proposal import Proposal
from workbench.adopt.read import Cell, Messy, read
from workbench.adopt.rewrite import Parts, rewrite, without_results
from workbench.adopt.saved import saved_files
from workbench.adopt.setting import Setting
from workbench.adopt.settings import settings
from workbench.adopt.widgets import Widgets
from workbench.errors import ParameterError, UsageError
from workbench.project import Project
from workbench.root import FILE

NOTEBOOKS = "notebooks"


@dataclass(frozen=True)
class Wish:
    """What somebody wants of an adoption.

    Attributes:
        stage: its name; None makes one of the file's.
        values: for parameters that have no default in the notebook, and instead of those that have.
        keep: names of literals that stay where they are.
    """

    stage: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()


def propose(notebook: Path, project: Project, wish: Wish | None = None) -> Proposal:
    """Return what adopting a notebook would do; nothing is written.

    Raises:
        NotebookError: the file is missing, is no Python notebook of format 4, or holds no code.
        UsageError: it is a stage already, the stage's name is taken, or a value is for no parameter.
    """
    wish = wish or Wish()
    keep = set(wish.keep)
    while True:
        attempt = _Adoption(notebook.resolve(), project, wish, frozenset(keep))
        try:
            return attempt.proposal()
        except ParameterError as error:  # a literal that reads well as code, but not as a parameter
            name = error.fields.get("name")
            if not name or name in keep:
                raise
            keep.add(name)


class _Adoption:
    """One pass over a notebook; its cells get the edits."""

    def __init__(self, path: Path, project: Project, wish: Wish, keep: frozenset[str]) -> None:
        self._project = project
        self._wish = wish
        self._keep = keep
        self._messy = read(path)
        self._stage = _stage_name(path, project, wish.stage)
        folder = project.root / NOTEBOOKS
        self._target = path if path.is_relative_to(folder) else folder / f"{self._stage}.ipynb"
        if self._target != path and self._target.exists():
            raise UsageError(
                f"There is a notebook {self._target} already.", hint="Give another name: --stage NAME"
            )
        self._places = Places(project.root, path.parent, self._target.parent)
        self._findings = list(leave_out(self._messy))
        self._constants = Constants(self._messy)
        names = (unique(name, self._constants.taken) for name in ("stage", "wb"))
        self._handle, self._module = names
        self._taken = self._constants.taken | {self._handle, self._module}

    def proposal(self) -> Proposal:
        """Look at everything, and put it together."""
        made = [*self._widgets(), *self._asked()]
        dependencies, changes_folder = self._magics()
        files = self._files(changes_folder)
        literals, secrets = settings(self._messy, self._constants, keep=self._keep)
        made = [*literals, *made, *files.settings]
        hidden = look(self._messy, frozenset(setting.name for setting in made))
        made = given([*answered(hidden, self._wish.values), *made], self._wish.values)
        adopted = rewrite(self._messy, self._parts(made, files, hidden))
        self._findings += [*hidden.findings, *secrets, *files.findings]
        self._findings += check(self._target, adopted, frozenset(hidden.missing))
        return self._proposed(made, files, adopted, dependencies)

    def _widgets(self) -> list[Setting]:
        widgets = Widgets(self._messy, self._taken, self._constants.once)
        widgets.adopt()
        self._findings += widgets.findings
        return widgets.settings

    def _asked(self) -> list[Setting]:
        asked = Asked(self._messy, self._taken, frozenset(self._constants.once), self._wish.values)
        asked.adopt()
        self._findings += asked.findings
        return asked.settings

    def _magics(self) -> tuple[list[str], int | None]:
        """Return what the notebook installs, and the first cell that changes the folder."""
        magics = Magics(self._messy, self._places)
        magics.adopt()
        self._findings += [*magics.findings, *leave_host(self._messy)]
        cells = [] if magics.changes_folder is None else [magics.changes_folder]
        for cell, node in self._messy.nodes():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.chdir":
                cells.append(cell.number)
        return magics.dependencies, min(cells, default=None)

    def _files(self, changes_folder: int | None) -> Files:
        messy, project = self._messy, self._project
        sorter = Sorter(
            self._places,
            handle=self._handle,
            taken=self._taken,
            outputs={output for stage in project.config.stages.values() for output in stage.outputs},
            made=saved_files(project),
            blind=changes_folder,
        )
        found = list(accesses(messy, Reader(messy.bound, self._constants.once)))
        paths = list(_paths(messy))
        for text in [*(text for _, _, text in paths), *(each.said.whole or "" for each in found)]:
            self._places.learn(text)
        sorter.sort(sorted(found, key=lambda each: (each.cell.number, each.call.lineno)), list(tables(messy)))
        for cell, node, text in paths:
            sorter.move_constant(cell, node, text)
        return sorter.found

    def _parts(self, made: list[Setting], files: Files, hidden: Hidden) -> Parts:
        folder, findings = own_modules(self._messy, self._places)
        self._findings += findings
        return Parts(
            stage=self._stage,
            handle=self._handle,
            module=self._module if self._module == "wb" else "workbench",
            order=hidden.order,
            settings=made,
            imports=hidden.imports,
            folder=folder,
            reads=[*files.inputs, *files.files],
            outputs=files.outputs,
        )

    def _proposed(
        self, made: list[Setting], files: Files, adopted: Mapping[str, Any], dependencies: list[str]
    ) -> Proposal:
        project = self._project
        text = (project.root / FILE).read_bytes().decode()
        pipeline = unique(self._stage, project.config.pipelines)
        keys = {
            "notebook": self._target.relative_to(project.root).as_posix(),
            "inputs": files.inputs,
            "outputs": [output.name for output in files.outputs],
            "files": files.files,
        }
        return Proposal(
            stage=self._stage,
            pipeline=pipeline,
            source=self._messy.path,
            target=self._target,
            root=project.root,
            original=without_results(self._messy.document),
            adopted=adopted,
            settings=tuple(made),
            inputs=tuple(files.inputs),
            files=tuple(files.files),
            outputs=tuple(files.outputs),
            findings=tuple(sorted(self._findings, key=lambda each: (not each.blocks, each.cell or 0))),
            dependencies=tuple(dependencies),
            toml=text,
            declared=declared(
                text, project, stage=self._stage, pipeline=pipeline, keys=keys, inputs=files.inputs
            ),
        )


def _paths(messy: Messy) -> Iterator[tuple[Cell, ast.Constant, str]]:
    """Yield the literals that are paths on somebody's machine, wherever they stand."""
    for cell, node in messy.nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_somebodys(node.value):
            yield cell, node, node.value


def _stage_name(path: Path, project: Project, wished: str | None) -> str:
    if wished is None:
        return unique(slug(path.stem, "stage"), project.config.stages)
    if wished in project.config.stages:
        raise UsageError(f"There is a stage {wished!r} already.", hint="Give another name: --stage NAME")
    return wished
