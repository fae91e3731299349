"""What a notebook reads and writes: inputs, files whose content counts, outputs, paths that must change."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from workbench.adopt.access import Access, Table
from workbench.adopt.edit import quoted
from workbench.adopt.finding import Finding
from workbench.adopt.naming import file_name, slug, unique, variable
from workbench.adopt.path_text import rewritten
from workbench.adopt.place import Place, Places
from workbench.adopt.read import Cell
from workbench.adopt.setting import Setting

_SQLITE = "sqlite:///"
_PATTERN = re.compile(r"[*?\[]")
_PICKLES = (".pkl", ".pickle", ".joblib")


@dataclass(frozen=True)
class Output:
    """A file that becomes an output of the stage.

    Attributes:
        name: of the output.
        file: its name in the attempt's folder.
        path: as the notebook wrote it.
        cell: the first that writes it.
    """

    name: str
    file: str
    path: str
    cell: int


@dataclass
class Files:
    """What was found, and what follows from it.

    Attributes:
        files: paths in the project whose content decides; `inputs` are other stages' outputs.
        settings: paths outside of the project, as parameters.
    """

    files: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Sorter:
    """Goes through the accesses of a notebook and proposes what to do about each.

    Args:
        places: resolves paths.
        handle: the variable that holds the stage in the notebook.
        taken: names of variables, and `outputs` names of outputs, that cannot be used again.
        made: by file name, the output of another stage that holds this file.
        blind: the cell after which relative paths start elsewhere, as it changes the folder.
    """

    def __init__(
        self,
        places: Places,
        *,
        handle: str,
        taken: Collection[str],
        outputs: Collection[str],
        made: Mapping[str, str],
        blind: int | None = None,
    ) -> None:
        self.found = Files()
        self._places = places
        self._handle = handle
        self._taken = set(taken)
        self._outputs = set(outputs)
        self._made = made
        self._blind = blind
        self._written: dict[str, Output] = {}
        self._literals: dict[int, Place | None] = {}
        self._named: dict[str, str] = {}

    def sort(self, accesses: Iterable[Access], tables: Iterable[Table]) -> Files:
        """Propose outputs first, then inputs and files, then other places for the paths that are left."""
        known = list(accesses)
        for access in known:
            if access.kind == "write" and access.said.whole and "://" not in access.said.whole:
                self._output(access, access.said.whole)
        changes = [table for table in tables if table.written]
        for access in known:
            if access.said.whole and self._key(access) in self._written and access.kind in ("read", "write"):
                self._redirect(access)
            elif not self._link(access):
                self._other(access, changes=bool(changes))
        for table in changes:
            text = (
                f"writes the table `{table.name}` into a database: that is no output, and a run does it again"
            )
            self._find(
                "output",
                table.cell,
                text,
                "Save the table with stage.save instead, if others are to read it.",
            )
        return self.found

    def move_constant(self, cell: Cell, node: ast.Constant, text: str) -> None:
        """Propose another text for a literal that is a path on somebody's machine, wherever it stands."""
        start, end = cell.at.span(node)
        replaced = any(edit.start <= start and end <= edit.end for edit in cell.edits)
        if id(node) not in self._literals and not replaced:
            place = self._places.of(text)
            self._literals[id(node)] = place
            self._rewrite(cell, node, text, place)

    def _key(self, access: Access) -> str:
        return str(self._places.of(access.said.whole or "").path)

    def _output(self, access: Access, whole: str) -> None:
        key = self._key(access)
        if key in self._written:
            return
        posix = PurePosixPath(whole.replace("\\", "/"))
        name = unique(slug(posix.stem, "output"), self._outputs)
        file = file_name(posix.name, {output.file for output in self._written.values()})
        self._outputs.add(name)
        self._written[key] = Output(name, file, whole, access.cell.number)
        self.found.outputs.append(self._written[key])
        if posix.suffix in _PICKLES:
            text = f"writes the pickle {posix.name}: it is kept as a file and never opened"
            self._find(
                "output",
                access.cell,
                text,
                "A model that stage.save gets is stored without pickle, and versioned.",
            )

    def _redirect(self, access: Access) -> None:
        output = self._written[self._key(access)]
        text = f'{self._handle}.folder / "{output.file}"'
        called = isinstance(access.call.func, ast.Attribute) and access.call.func.value is access.path
        access.cell.change(access.path, f"({text})" if called else text)

    def _link(self, access: Access) -> bool:
        """Read another stage's output through the stage, where the file's name says that it is one."""
        name = self._made.get(PurePosixPath((access.said.whole or "").replace("\\", "/")).name)
        if access.kind != "read" or name is None:
            return False
        access.cell.change(access.path, f'{self._handle}.load("{name}")')
        if name not in self.found.inputs:
            self.found.inputs.append(name)
        self._find(
            "input",
            access.cell,
            f"reads {access.said.whole}, which another stage saves as `{name}`: its input",
        )
        return True

    def _other(self, access: Access, *, changes: bool) -> None:
        place = self._move(access)
        if place is None or place.path is None:
            if place is not None and access.kind == "read":
                text = f"reads {access.said.whole or access.said.start}: whether it changed is not noticed"
                self._find(
                    "input", access.cell, text, "Declare it under [sources] to have its content count."
                )
            return
        reads = access.kind in ("read", "listing") or (access.kind == "database" and not changes)
        if access.kind == "write":
            where = place.text or "its folder"
            text = f"writes files whose names are made at run time, below {where}: no outputs"
            self._find(
                "output", access.cell, text, "stage.save(NAME, Path(…)) keeps a file or a whole folder."
            )
        elif reads and place.inside is None:
            text = f"reads {place.path}, outside of the project: whether it changed is not noticed"
            self._find("input", access.cell, text, "Copy it into the project, so that its content counts.")
        elif reads and not place.exists:
            self._find(
                "input", access.cell, f"reads {place.inside}, which is not there", f"Put it at {place.path}."
            )
        elif reads and place.inside == ".":
            text = "reads files of the project's own folder, whose names are made at run time"
            self._find(
                "input", access.cell, text, "Put them into a folder of their own and declare it in `files`."
            )
        elif reads and place.inside and place.inside not in self.found.files:
            self.found.files.append(place.inside)

    def _move(self, access: Access) -> Place | None:
        """Return where a path leads, its literal changed to lead there; None when that cannot be known."""
        said = access.said
        assert said.literal is not None
        prefix = _SQLITE if access.kind == "database" and said.start.startswith(_SQLITE) else ""
        start = said.start.removeprefix(prefix)
        if start in ("", ":memory:"):
            return None
        whole = (said.whole or "").removeprefix(prefix)
        finished = bool(whole) and not _PATTERN.search(whole)
        if self._blind is not None and said.cell.number > self._blind:
            return None
        literal = said.literal.value if isinstance(said.literal, ast.Constant) else None
        text = str(literal if literal is not None else said.start).removeprefix(prefix)
        exact = literal is not None and not _PATTERN.search(text)
        if id(said.literal) not in self._literals:
            moved = self._places.of(text) if exact else self._places.start(_PATTERN.split(text)[0])
            if not exact and literal is not None:
                rest = text[len(_PATTERN.split(text)[0]) :]
                moved = Place(moved.text + rest, moved.path, moved.inside, moved.exists, moved.was_absolute)
            self._literals[id(said.literal)] = moved
            self._rewrite(said.cell, said.literal, text, moved, prefix=prefix, named=said.name is not None)
        return self._places.of(whole) if finished else self._places.start(_PATTERN.split(start)[0])

    def _rewrite(
        self, cell: Cell, node: ast.expr, old: str, place: Place, *, prefix: str = "", named: bool = False
    ) -> None:
        if place.was_absolute:
            self._tell_absolute(cell, old, place)
        outside = place.path is not None and place.inside is None
        if outside and place.was_absolute and not named and isinstance(node, ast.Constant) and not prefix:
            cell.change(node, self._parameter(cell, old, place))
        elif place.text != old:
            self._replace(cell, node, prefix + old, prefix + place.text)

    def _replace(self, cell: Cell, node: ast.expr, old: str, new: str) -> None:
        written = cell.at.text(node)
        text = quoted(new, written) if isinstance(node, ast.Constant) else rewritten(written, old, new)
        if text is None:
            todo = f"Make it start with {new!r}: the stage runs in the folder of its notebook."
            self._find(
                "relative-path", cell, f"the path {written} is made in a way that is left as it is", todo
            )
        elif not isinstance(node, ast.Constant) or node.value == old:
            cell.change(node, text)

    def _parameter(self, cell: Cell, text: str, place: Place) -> str:
        """Return the parameter that stands for a path outside of the project."""
        if text in self._named:
            return self._named[text]
        assert place.path is not None
        name = variable(f"{place.path.stem}_path", self._taken)
        self._taken.add(name)
        self._named[text] = name
        setting = Setting(name, "str", quoted(str(place.path), '"'), cell=cell.number, origin="path")
        self.found.settings.append(setting)
        return name

    def _tell_absolute(self, cell: Cell, old: str, place: Place) -> None:
        if place.inside is not None:
            self._find("absolute-path", cell, f"{old} is written as {place.text}, relative to the notebook")
        elif place.exists:
            self._find("absolute-path", cell, f"{old} lies outside of the project: it becomes a parameter")
        else:
            todo = "Put the file into the project, or give its place when you run it."
            self._find("absolute-path", cell, f"{old} is not on this machine: it becomes a parameter", todo)

    def _find(self, kind: str, cell: Cell, text: str, todo: str = "") -> None:
        finding = Finding(kind, cell.number, text, todo=todo)
        if finding not in self.found.findings:
            self.found.findings.append(finding)
