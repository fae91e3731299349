"""Paths that are written for one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from workbench.adopt.access import accesses
from workbench.adopt.place import is_absolute, is_somebodys
from workbench.parity.fault import Fault, Kind
from workbench.parity.reading.inputs import EVERYWHERE
from workbench.parity.subject import Subject

_SOMEBODYS = re.compile(r"/(?:home|Users|root|content|kaggle|mnt|media|Volumes)/|[A-Za-z]:[\\/]|~/")
_TODO = "Write it relative to the notebook, or make it a parameter."


def absolute_paths(subject: Subject) -> Iterator[Fault]:
    """Yield paths that calls read or write, and texts that can only be a path on somebody's machine."""
    told: set[int] = set()
    parts = _parts(subject)
    for access in accesses(subject.messy, subject.reader):
        said = access.said
        start = said.start.removeprefix("sqlite:///")
        if said.literal is None or id(said.literal) in told or not _is_one_machines(start):
            continue
        told.add(id(said.literal))
        text = (
            f"{access.kind}s {start!r}, a path of one machine"
            if access.kind in ("read", "write")
            else (f"names {start!r}, a path of one machine")
        )
        yield Fault(Kind.PATH, said.cell.number, text, _TODO, said.literal.lineno)
    for cell, node in subject.messy.nodes():
        if "parameters" in cell.tags and subject.config is not None:
            continue  # it is set from outside there
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in told | parts:
            continue
        if is_somebodys(node.value) and _SOMEBODYS.match(node.value):
            text = f"names {node.value!r}, a path of one machine"
            yield Fault(Kind.PATH, cell.number, text, _TODO, node.lineno)
    yield from _magics(subject)


def used_literals(subject: Subject, path: str) -> Iterator[Fault]:
    """Yield the literals that a path begins with which was opened, however it got there."""
    for cell, node in subject.messy.nodes():
        if "parameters" in cell.tags and subject.config is not None:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 2:
            start = str(Path(node.value).expanduser()) if node.value.startswith("~") else node.value
            if _is_one_machines(node.value) and path.startswith(start):
                text = f"names {node.value!r}, a path of one machine"
                yield Fault(Kind.PATH, cell.number, text, _TODO, node.lineno, seen=True)


def _magics(subject: Subject) -> Iterator[Fault]:
    for cell in subject.messy.code:
        for magic in cell.magics:
            words = [word.strip("'\"") for word in magic.words.split()]
            found = next((word for word in words if _is_one_machines(word) and _SOMEBODYS.match(word)), None)
            if found and magic.kind in ("line", "shell"):
                text = f"names {found!r}, a path of one machine"
                yield Fault(Kind.PATH, cell.number, text, _TODO, magic.line)


def _is_one_machines(text: str) -> bool:
    return is_absolute(text) and not text.startswith(EVERYWHERE) and text not in ("/", "~")


def _parts(subject: Subject) -> set[int]:
    """Return the texts that are docstrings, or stand inside of an f-string."""
    found: set[int] = set()
    for _, node in subject.messy.nodes():
        if isinstance(node, ast.JoinedStr):
            found |= {id(part) for part in node.values[1:]}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
    return found
