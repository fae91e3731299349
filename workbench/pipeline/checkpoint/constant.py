"""Whether what a notebook writes out once (a list, a function, a class) is still that further below."""

from __future__ import annotations

import ast
from collections.abc import Iterable

_WRITTEN_OUT = (ast.List, ast.Dict, ast.Set)
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOOKS = frozenset({"bool", "isinstance", "len", "print", "repr", "str", "type"})
_COPIES = frozenset({"all", "any", "dict", "enumerate", "frozenset", "list", "max", "min", "range", "set"})
_COPIES |= {"sorted", "sum", "tuple", "zip"}
_METHODS = frozenset({"copy", "count", "difference", "get", "index", "intersection", "items", "keys"})
_METHODS |= {"issubset", "issuperset", "union", "values"}


def is_constant(name: str, makers: Iterable[ast.stmt], statements: Iterable[ast.stmt]) -> bool:
    """Return whether a name surely holds, behind some statements, what its makers alone would give.

    What may be changed by whoever gets hold of it (a list that a function is called with, or that has a
    second name) counts as changed.

    Args:
        name: of a variable, function or class.
        makers: the statements that bind it.
        statements: all of those.
    """
    own = [*makers]
    values = [node.value for node in own if isinstance(node, (ast.Assign, ast.AnnAssign))]
    written = [value for value in values if isinstance(value, _WRITTEN_OUT)]
    others = [statement for statement in statements if statement not in own]
    if any(isinstance(node, _DEFINED) for node in own):
        return not any(_is_set_on(name, node) for other in others for node in ast.walk(other))
    is_deep = any(isinstance(n, _WRITTEN_OUT) for v in written for n in ast.walk(v) if n is not v)
    return not written or all(
        _leaves(parent, child, is_deep)
        for other in others
        for parent in ast.walk(other)
        for child in ast.iter_child_nodes(parent)
        if isinstance(child, ast.Name) and child.id == name
    )


def _is_set_on(name: str, node: ast.AST) -> bool:
    """Whether an attribute of a function or class is set or removed."""
    return (
        isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    )


def _leaves(parent: ast.AST, child: ast.Name, is_deep: bool) -> bool:
    """Whether a use of a list, dict or set leaves it as it is; in a deep one its parts may be changed too."""
    match parent:
        case ast.Subscript(slice=part) if part is child:
            return True
        case ast.Call(func=ast.Name(id=called)) if called in _LOOKS:
            return True
        case ast.Compare() | ast.FormattedValue() | ast.Expr() | ast.UnaryOp() | ast.Assert():
            return True
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is child:
            return True
    return not is_deep and _takes_parts(parent, child)


def _takes_parts(parent: ast.AST, child: ast.Name) -> bool:
    match parent:
        case ast.Subscript(value=whole, ctx=ast.Load()):
            return whole is child
        case ast.Call(func=ast.Name(id=called)):
            return called in _COPIES
        case ast.Attribute(attr=method, ctx=ast.Load()):
            return method in _METHODS
        case ast.For(iter=source) | ast.AsyncFor(iter=source) | ast.comprehension(iter=source):
            return source is child
        case ast.keyword(arg=None) | ast.Starred() | ast.BinOp() | ast.Dict():
            return not isinstance(parent, ast.Dict) or child not in _written_values(parent)
    return False


def _written_values(node: ast.Dict) -> list[ast.expr]:
    """Return the values of a dict's own keys, without what is spread into it."""
    return [value for key, value in zip(node.keys, node.values, strict=True) if key is not None]
