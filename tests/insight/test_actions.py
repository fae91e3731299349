"""Every function of the data layer asks whether the person may, before it does anything else."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import workbench.insight as data
from workbench.access import PERMISSIONS, Person, Role
from workbench.errors import AccessError


class Untouchable:
    """Stands for whatever a function is given; whoever uses it has not asked first."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used before it was asked who wants it")


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(data.__path__, "workbench.insight."):
        yield importlib.import_module(found.name)


def functions_with_a_person() -> list[tuple[str, Callable[..., Any]]]:
    """Return every public function of the data layer that is told who asks."""
    return [
        (f"{module.__name__.removeprefix('workbench.insight.')}.{name}", function)
        for module in _modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "person" in inspect.signature(function).parameters
    ]


def _ask(function: Callable[..., Any], person: Person) -> None:
    given: dict[str, Any] = {
        name: person if name == "person" else Untouchable()
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    found = function(**given)
    if inspect.isgenerator(found):
        next(found)


@pytest.mark.parametrize(("name", "function"), functions_with_a_person())
def test_it_refuses_who_has_no_role(name: str, function: Callable[..., Any]) -> None:
    """Before it looks at anything that it was given."""
    nobody = Person("eve", Role.ADMIN, "eve@dashboards", standing=lambda: None)
    with pytest.raises(AccessError):
        _ask(function, nobody)


@pytest.mark.parametrize(("name", "function"), functions_with_a_person())
def test_what_acts_asks_for_more_than_looking(name: str, function: Callable[..., Any]) -> None:
    """Who writes in a person's name asks for a permission that a viewer does not have.

    What an action would lead to may be told to who looks; `test_permissions.py` sees that it writes nothing.
    """
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "require"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked <= PERMISSIONS.keys(), name
    if "person.actor" in inspect.getsource(function) and not name.endswith("_consequence"):
        assert asked - {"view"}, f"{name} acts, and asks for no more than looking"
