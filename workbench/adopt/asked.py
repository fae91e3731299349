"""What a notebook asks of the person before it: `input()` becomes a parameter."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.adopt.finding import Finding
from workbench.adopt.hidden import Hidden
from workbench.adopt.naming import variable
from workbench.adopt.read import Cell, Messy
from workbench.adopt.setting import Setting
from workbench.errors import UnknownNameError
from workbench.parameters.names import qualified
from workbench.parameters.source import written
from workbench.parameters.types import annotation_of

_ASKING = frozenset({"input", "getpass.getpass"})
_TURNING = {"int": int, "float": float, "str": str}


class Asked:
    """Goes through the questions of a notebook; its cells get the edits.

    Args:
        messy: the notebook.
        taken: names of variables.
        once: names that are assigned once.
        given: values for parameters, as somebody gave them.
    """

    def __init__(self, messy: Messy, taken: set[str], once: frozenset[str], given: Mapping[str, Any]) -> None:
        self.settings: list[Setting] = []
        self.findings: list[Finding] = []
        self._messy = messy
        self._taken = taken
        self._once = once
        self._given = given

    def adopt(self) -> None:
        """Propose a parameter for each question."""
        for cell in self._messy.code:
            assert cell.tree is not None
            done: set[int] = set()
            for statement in cell.tree.body:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if (
                        name in self._once
                    ):
                        question, kind = self._question(call)
                        if question is not None and cell.at.alone(statement):
                            done |= {id(call), id(question)}
                            cell.drop(statement)
                            self._take(cell, name, kind, question)
            for node in ast.walk(cell.tree):
                if isinstance(node, ast.Call) and id(node) not in done:
                    question, kind = self._question(node)
                    if question is not None:
                        done |= {id(node), id(question)}
                        name = variable(_prompt(question) or "answer", self._taken)
                        cell.change(node, name)
                        self._take(cell, name, kind, question)

    def _question(self, call: ast.Call) -> tuple[ast.Call | None, str]:
        """Return the question in `input(…)` or `int(input(…))`, and the type of its answer."""
        full = qualified(call.func, self._messy.bound)
        if full in _ASKING:
            return call, "str"
        if full in _TURNING and len(call.args) == 1 and isinstance(call.args[0], ast.Call):
            inner = call.args[0]
            if qualified(inner.func, self._messy.bound) in _ASKING:
                return inner, full or "str"
        return None, ""

    def _take(self, cell: Cell, name: str, kind: str, question: ast.Call) -> None:
        self._taken.add(name)
        prompt = _prompt(question)
        value = self._given.get(name)
        default = None if value is None else written(_TURNING[kind](value))
        self.settings.append(Setting(name, kind, default, prompt, cell.number, "input()"))
        text = f"asks a person {prompt!r}: the answer becomes the parameter `{name}`"
        if default is None:
            todo = f"Give its value: -p {name}=VALUE"
            self.findings.append(Finding("person", cell.number, text, blocks=True, todo=todo))
        else:
            self.findings.append(Finding("person", cell.number, text))


def answered(hidden: Hidden, given: Mapping[str, Any]) -> list[Setting]:
    """Return the parameters for names that no cell makes, of those that somebody gave a value for."""
    found = []
    for name, cell in list(hidden.missing.items()):
        if name in given:
            del hidden.missing[name]
            hidden.findings = [
                each for each in hidden.findings if not (each.blocks and f"`{name}`" in each.text)
            ]
            text = f"uses `{name}`, which no cell makes: it becomes a parameter"
            hidden.findings.append(Finding("hidden-state", cell, text))
            value = given[name]
            found.append(
                Setting(name, annotation_of(value), written(value), "no cell makes it", cell, "missing")
            )
    return found


def given(made: Sequence[Setting], values: Mapping[str, Any]) -> list[Setting]:
    """Return the parameters with the values that somebody gave instead of the notebook's.

    Raises:
        UnknownNameError: a value is for none of them.
    """
    known = [setting.name for setting in made]
    for name in values:
        if name not in known:
            raise UnknownNameError("parameter to be made of this notebook", name, known)
    return [
        replace(each, default=written(values[each.name]))
        if each.name in values and each.origin not in ("missing", "input()")
        else each
        for each in made
    ]


def _prompt(question: ast.Call) -> str:
    first = question.args[0] if question.args else None
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return " ".join(text.rstrip(": ?").split())
