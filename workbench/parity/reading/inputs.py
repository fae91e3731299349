"""What a notebook reads that is not declared: files, tables, addresses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from workbench.adopt.access import Access, accesses
from workbench.adopt.place import is_absolute
from workbench.parameters.names import qualified
from workbench.parity.fault import Fault, Kind
from workbench.parity.subject import Subject

ADDRESS = "://"
EVERYWHERE = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/", "/bin/")
_SQLITE = "sqlite:///"


def undeclared(subject: Subject) -> Iterator[Fault]:
    """Yield reads of what is neither declared nor travels with the notebook."""
    written = {a.said.whole for a in accesses(subject.messy, subject.reader) if a.kind == "write"}
    for access in accesses(subject.messy, subject.reader):
        if access.kind in ("read", "listing", "database") and access.said.whole not in written:
            yield from _of(subject, access)
    if subject.config is not None:
        yield from _loads(subject)


def _of(subject: Subject, access: Access) -> Iterator[Fault]:
    said = access.said
    text = (said.whole or said.start).removeprefix(_SQLITE)
    line = access.call.lineno
    if ADDRESS in text:
        if not text.startswith("file:"):
            yield Fault(
                Kind.INPUT, access.cell.number, f"reads {text}, which is not declared", todo(subject), line
            )
    elif (
        said.whole is not None
        and not text.startswith(EVERYWHERE)
        and text not in ("", ":memory:")
        and not text.startswith("memory")
    ):
        path = Path(text).expanduser() if not is_absolute(text) or text.startswith(("/", "~")) else None
        if path is not None and not ({"*", "?"} & set(text)):
            yield from file_faults(subject, subject.folder / path, access.cell.number, line)


def file_faults(
    subject: Subject, path: Path, cell: int, line: int | None, *, seen: bool = False
) -> Iterator[Fault]:
    """Yield what is wrong with reading a file: it is not declared, or does not travel with the notebook."""
    full = Path(path).resolve() if path.exists() else path.absolute()
    root = subject.root.resolve()
    if any(full.is_relative_to(place.resolve()) for place in subject.declared_files):
        return
    inside = full.is_relative_to(root)
    name = full.relative_to(root).as_posix() if inside else str(full)
    if subject.config is not None:
        if inside and name in subject.modules:
            return
        text = f"reads {name}, which stage {subject.name!r} does not declare"
        text += "" if path.exists() else "; it is not there"
        yield Fault(Kind.INPUT, cell, text, todo(subject, name if inside else None), line, seen=seen)
    elif not inside:
        text = f"reads {name}, outside of {'the project' if subject.project else 'its folder'}"
        yield Fault(
            Kind.INPUT, cell, text, "Put it beside the notebook, so that it travels with it.", line, seen=seen
        )
    elif not path.exists():
        text = f"reads {name}, which is not there"
        yield Fault(Kind.INPUT, cell, text, "Put it there, or correct the path.", line, seen=seen)


def todo(subject: Subject, file: str | None = None) -> str:
    """Return what to do about an input that is not declared."""
    if subject.config is None:
        return "Keep a copy beside the notebook, and read that."
    key = f"stages.{subject.name}"
    if file:
        return f"Declare it: {key}.files = [{file!r}]; what a stage makes is loaded by stage.load."
    return f"Declare it as a source, [sources.NAME], and name that in {key}.inputs; then stage.load(NAME)."


def _loads(subject: Subject) -> Iterator[Fault]:
    """Yield `stage.load(NAME)` of names that the stage does not declare."""
    assert subject.config is not None
    handles = _handles(subject)
    for cell, call in subject.calls():
        match call.func, call.args:
            case ast.Attribute(value=ast.Name(id=handle), attr="load"), [ast.Constant(value=str(name)), *_]:
                if handle in handles and name not in subject.config.inputs:
                    text = f"loads {name!r}, which stage {subject.name!r} does not declare among its inputs"
                    advice = f"Add it to stages.{subject.name}.inputs in workbench.toml."
                    yield Fault(Kind.INPUT, cell.number, text, advice, call.lineno)


def _handles(subject: Subject) -> set[str]:
    """Return the variables that hold the stage."""
    found = set()
    for cell in subject.messy.code:
        for node in ast.walk(cell.tree) if cell.tree else ():
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                    if qualified(func, subject.messy.bound) == "workbench.stage":
                        found.add(name)
    return found
