"""Which names a cell's code needs and makes, in the order in which it runs."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Function = ast.FunctionDef | ast.AsyncFunctionDef
ALWAYS_THERE = frozenset(dir(builtins)) | {
    *("display", "get_ipython", "In", "Out", "exit", "quit", "_", "__", "___", "_i", "_ii", "_iii"),
    *("_dh", "_ih", "_oh", "__name__", "__doc__", "__builtins__"),
}


@dataclass(frozen=True)
class Event:
    """A name is needed, made, or taken away, at a node."""

    kind: Literal["use", "bind", "drop"]
    name: str
    node: ast.AST


@dataclass
class Flow:
    """What the top level of a cell does with names.

    Attributes:
        events: in the order of execution, all branches taken.
        later: names of functions and classes, with what their bodies need when they are called.
        open: whether it makes names that the code does not show, as `from x import *` does.
    """

    events: list[Event] = field(default_factory=list)
    later: dict[str, frozenset[str]] = field(default_factory=dict)
    open: bool = False

    @property
    def bound(self) -> set[str]:
        """The names that it makes."""
        return {event.name for event in self.events if event.kind == "bind"}

    @property
    def used(self) -> set[str]:
        """The names that it needs, those of functions that it makes included."""
        return {event.name for event in self.events if event.kind == "use"}.union(*self.later.values())


def flow_of(tree: ast.Module) -> Flow:
    """Return what a cell does with names."""
    walk = _Walk()
    for statement in tree.body:
        walk.visit(statement)
    return walk.flow


class _Walk(ast.NodeVisitor):
    """Visits the top level in the order of execution; bodies of functions wait until they are called."""

    def __init__(self) -> None:
        self.flow = Flow()

    def visit_Name(self, node: ast.Name) -> None:
        kinds: dict[type, Any] = {ast.Load: "use", ast.Store: "bind", ast.Del: "drop"}
        self.flow.events.append(Event(kinds[type(node.ctx)], node.id, node))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._all(node.targets)
        if isinstance(node.value, ast.Lambda):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.flow.later[target.id] = free_names(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.flow.events.append(Event("use", node.target.id, node.target))
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        self._all([*node.body, *node.orelse])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self.flow.events.append(Event("bind", node.name, node))
        self._all(node.body)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.flow.events.append(Event("bind", alias.asname or alias.name.partition(".")[0], node))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.flow.open = True
            else:
                self.flow.events.append(Event("bind", alias.asname or alias.name, node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """One that is assigned waits for its call; one that is handed over may be called at once."""
        for name in sorted(free_names(node)):
            self.flow.events.append(Event("use", name, node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._all([*node.decorator_list, *node.bases, *(key.value for key in node.keywords)])
        inner = _Walk()
        for statement in node.body:
            inner.visit(statement)
        own = inner.flow.bound
        self.flow.events += [e for e in inner.flow.events if e.kind == "use" and e.name not in own]
        self.flow.later[node.name] = frozenset().union(*inner.flow.later.values())
        self.flow.events.append(Event("bind", node.name, node))

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._captured(node, node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._captured(node, node.name)

    def _captured(self, node: ast.AST, name: str | None) -> None:
        self.generic_visit(node)
        if name:
            self.flow.events.append(Event("bind", name, node))

    def _comprehension(self, node: ast.AST) -> None:
        for name in sorted(free_names(node)):
            self.flow.events.append(Event("use", name, node))

    def _function(self, node: Function) -> None:
        arguments = node.args
        defaults = [*arguments.defaults, *(value for value in arguments.kw_defaults if value is not None)]
        self._all([*node.decorator_list, *defaults])
        self.flow.later[node.name] = free_names(node)
        self.flow.events.append(Event("bind", node.name, node))
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                self.flow.events += [Event("bind", name, inner) for name in inner.names]

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def free_names(node: ast.AST) -> frozenset[str]:
    """Return the names that a function, lambda or comprehension takes from outside."""
    needed: set[str] = set()
    own, declared = set(_arguments(node)), set[str]()
    for child in _inside(node):
        if isinstance(child, ast.Name):
            (needed if isinstance(child.ctx, ast.Load) else own).add(child.id)
        elif isinstance(
            child, Function | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
        ):
            needed |= free_names(child)
        elif isinstance(child, ast.Global):
            declared |= set(child.names)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            own |= {alias.asname or alias.name.partition(".")[0] for alias in child.names}
        elif isinstance(child, ast.ExceptHandler) and child.name:
            own.add(child.name)
        if isinstance(child, Function | ast.ClassDef):
            own.add(child.name)
    return frozenset(needed - (own - declared))


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what a function executes itself, not what stands in the functions in it."""
    closed = (*Function.__args__, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    pending = list(ast.iter_child_nodes(node))
    while pending:
        child = pending.pop()
        yield child
        if not isinstance(child, closed):
            pending.extend(ast.iter_child_nodes(child))


def _arguments(node: ast.AST) -> Iterator[str]:
    if isinstance(node, Function | ast.Lambda):
        arguments = node.args
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            yield each.arg
        for extra in (arguments.vararg, arguments.kwarg):
            if extra:
                yield extra.arg
