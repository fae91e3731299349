"""Names that stand for one value in the whole notebook, because they are assigned once and never changed."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from workbench.adopt.names import Flow, flow_of
from workbench.adopt.read import Cell, Messy

_CHANGING = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "intersection_update", "pop", "popitem"),
        *("remove", "reverse", "setdefault", "sort", "symmetric_difference_update", "update"),
    }
)


@dataclass(frozen=True)
class Constant:
    """One assignment at the top level of a cell."""

    name: str
    cell: Cell
    statement: ast.Assign | ast.AnnAssign
    value: ast.expr


class Constants:
    """The notebook's names, and what some of them stand for."""

    def __init__(self, messy: Messy) -> None:
        self._messy = messy

    @cached_property
    def flows(self) -> dict[int, Flow]:
        """What each cell does with names."""
        return {cell.number: flow_of(cell.tree) for cell in self._messy.code if cell.tree is not None}

    @cached_property
    def taken(self) -> set[str]:
        """Every name that the top level of a cell makes or needs."""
        return set[str]().union(*(flow.bound | flow.used for flow in self.flows.values()))

    @cached_property
    def once(self) -> dict[str, Constant]:
        """The names that are assigned once, by a plain assignment, and whose value is never changed."""
        makes = Counter(e.name for f in self.flows.values() for e in f.events if e.kind != "use")
        found = {}
        for cell in self._messy.code:
            assert cell.tree is not None
            for statement in cell.tree.body:
                pair = _assignment(statement)
                if pair and makes[pair[0]] == 1 and pair[0] not in self._changed:
                    assert isinstance(statement, ast.Assign | ast.AnnAssign)
                    found[pair[0]] = Constant(pair[0], cell, statement, pair[1])
        return found

    @cached_property
    def _changed(self) -> set[str]:
        """Names of collections that something is put into or taken out of."""
        found = set()
        for _, node in self._messy.nodes():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _CHANGING:
                    found.add(name)
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                    found.add(name)
        return found


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
    return None
