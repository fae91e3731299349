"""Which names a piece of code reads, and which it binds, as Python's scopes have it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reads(node: ast.AST) -> set[str]:
    """Return the names of the notebook that code reads, inside of functions too."""
    return set(_reads(node))


def binds(node: ast.AST) -> set[str]:
    """Return the names that code binds at the top level of a notebook."""
    return set(_binds(node))


def needed(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the names that statements read before they have bound them themselves."""
    found: set[str] = set()
    _flow(statements, set(), found)
    return found


def _flow(statements: Iterable[ast.stmt], bound: set[str], found: set[str]) -> None:
    for statement in statements:
        heads, bodies = _parts(statement)
        for head in heads:
            found |= reads(head) - bound
            bound |= binds(head)
        for body in bodies:
            _flow(body, bound, found)
        if not bodies:
            found |= reads(statement) - bound
            bound |= binds(statement)


def _parts(statement: ast.stmt) -> tuple[list[ast.AST], list[list[ast.stmt]]]:
    """Return what is evaluated at the head of a compound statement, and its bodies; none of a simple one."""
    match statement:
        case ast.For() | ast.AsyncFor():
            return [statement.iter, statement.target], [statement.body, statement.orelse]
        case ast.While() | ast.If():
            return [statement.test], [statement.body, statement.orelse]
        case ast.With() | ast.AsyncWith():
            heads = [part for item in statement.items for part in (item.context_expr, item.optional_vars)]
            return [head for head in heads if head is not None], [statement.body]
        case ast.Try():
            handlers = [handler.body for handler in statement.handlers]
            return [], [statement.body, *handlers, statement.orelse, statement.finalbody]
    return [], []


def _reads(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
        yield from _reads(node.value)
    elif isinstance(node, (*_SCOPES, ast.ClassDef)):
        inside = {name for child in ast.iter_child_nodes(node) for name in _reads(child)}
        yield from inside - _locals(node)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _reads(child)


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, _DEFINED):
        yield node.name
        yield from (n for g in ast.walk(node) if isinstance(g, ast.Global) for n in g.names)
    elif isinstance(node, _SCOPES):
        return
    else:
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        for child in ast.iter_child_nodes(node):
            yield from _binds(child)


def _locals(scope: ast.AST) -> set[str]:
    """Return the names that belong to a scope: its arguments, and what it binds unless said to be global."""
    names: set[str] = set()
    shared: set[str] = set()
    if isinstance(scope, _FUNCTIONS):
        given = scope.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        names |= {argument.arg for argument in every if argument}
    for child in ast.iter_child_nodes(scope):
        names |= binds(child)
        shared |= {n for g in ast.walk(child) if isinstance(g, ast.Global) for n in g.names}
    return names - shared
