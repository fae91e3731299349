"""Literals that are used as settings: they become the notebook's typed parameters."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from workbench.adopt.constants import Constant, Constants
from workbench.adopt.edit import applied
from workbench.adopt.finding import Finding
from workbench.adopt.read import Messy
from workbench.adopt.setting import Setting
from workbench.parameters.literals import value_of
from workbench.parameters.types import annotation_of, type_of

_SECRET = re.compile(r"(^|_)(password|passwd|pwd|secret|token|api_?key|credentials?)(_|$)", re.IGNORECASE)
_HIDING = frozenset({"bool", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})
_LONGEST = 200  # characters of a text that a person would type
_HANDS_OFF = "_"


def settings(
    messy: Messy, constants: Constants, *, keep: Collection[str] = ()
) -> tuple[list[Setting], list[Finding]]:
    """Return the parameters that literals become, their statements taken out of their cells.

    Args:
        messy: the notebook; its cells get the edits.
        constants: its names.
        keep: names that stay where they are.
    """
    uses = _uses(messy)
    found, findings = [], []
    for name, constant in constants.once.items():
        if name in keep or not uses[name] or not constant.cell.at.alone(constant.statement):
            continue
        if "parameters" in constant.cell.tags:
            continue
        value = _value(constant, messy.bound)
        if value is None:
            continue
        if isinstance(value, str) and _SECRET.search(name):
            findings.append(_secret(constant))
            continue
        setting = _setting(constant, value, messy.bound)
        if setting is not None:
            constant.cell.drop(constant.statement)
            found.append(setting)
    return found, findings


def _uses(messy: Messy) -> Counter[str]:
    """Count where each name is read, in code that stays."""
    counts: Counter[str] = Counter()
    for cell, node in messy.nodes():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            start, end = cell.at.span(node)
            if not any(edit.start <= start and end <= edit.end for edit in cell.edits):
                counts[node.id] += 1
    return counts


def _value(constant: Constant, bound: dict[str, str]) -> Any:
    """Return the literal's value, None when it is no setting."""
    if constant.name.startswith(_HANDS_OFF) or constant.name in _HIDING:
        return None
    try:
        value = value_of(constant.value, bound)
    except ValueError:
        return None
    if isinstance(value, str) and (len(value) > _LONGEST or "\n" in value):
        return None
    return None if isinstance(value, list | dict | set | tuple | frozenset) and not value else value


def _setting(constant: Constant, value: Any, bound: dict[str, str]) -> Setting | None:
    try:
        annotation = annotation_of(value)
        given = getattr(constant.statement, "annotation", None)
        if given is not None:
            type_of(given, bound)
            annotation = ast.unparse(given)
        else:
            type_of(ast.parse(annotation, mode="eval").body, {})
    except ValueError:
        return None
    at = constant.cell.at
    start, end = at.span(constant.value)
    inner = [edit for edit in constant.cell.edits if edit.within(start, end)]
    moved = [type(edit)(edit.start - start, edit.end - start, edit.text) for edit in inner]
    return Setting(
        name=constant.name,
        annotation=annotation,
        default=applied(at.source[start:end], moved),
        help=at.comment(constant.statement),
        cell=constant.cell.number,
        imports=tuple(_imports(constant, annotation, bound)),
    )


def _imports(constant: Constant, annotation: str, bound: dict[str, str]) -> Iterator[str]:
    """Yield the import statements that a literal such as `date(2013, 1, 1)` and its type need."""
    nodes = [*ast.walk(constant.value), *ast.walk(ast.parse(annotation, mode="eval"))]
    for name in sorted({node.id for node in nodes if isinstance(node, ast.Name)}):
        full = bound.get(name) or _USUAL.get(name)
        if full is None:
            continue
        module, _, last = full.rpartition(".")
        if not module:
            yield f"import {full}" if full == name else f"import {full} as {name}"
        else:
            yield f"from {module} import {last}" + ("" if last == name else f" as {name}")


_USUAL = {
    **{name: f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta")},
    "Decimal": "decimal.Decimal",
    "Path": "pathlib.Path",
}


def _secret(constant: Constant) -> Finding:
    return Finding(
        "secret",
        constant.cell.number,
        f"a credential stands in `{constant.name}`; it stays there, and in git",
        todo=f"Make it a parameter, `{constant.name}: str`, and pass -p NAME.{constant.name}=secret:NAME.",
    )
