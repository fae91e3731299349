"""Values from source code, read from its syntax tree; nothing is ever executed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbench.parameters.names import OWN, qualified
from workbench.parameters.secret import Secret, reference

_CALLS: dict[str, Callable[..., Any]] = {
    "datetime.date": date,
    "datetime.date.fromisoformat": date.fromisoformat,
    "datetime.datetime": datetime,
    "datetime.datetime.fromisoformat": datetime.fromisoformat,
    "datetime.time": time,
    "datetime.time.fromisoformat": time.fromisoformat,
    "datetime.timedelta": timedelta,
    "datetime.timezone": timezone,
    "decimal.Decimal": Decimal,
    "pathlib.Path": Path,
    f"{OWN}.Secret": Secret,
    "float": float,
    "set": set,
    "frozenset": frozenset,
    "list": list,
    "dict": dict,
    "tuple": tuple,
}
_CONSTANTS = {"datetime.UTC": UTC, "datetime.timezone.utc": UTC}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
_LARGEST = 10**100


def value_of(node: ast.expr, bound: Mapping[str, str]) -> Any:
    """Return the value that an expression of literals stands for.

    Arithmetic on numbers counts as literal (`60 * 60`), and so do calls that make a date, time,
    duration, path, decimal, set or secret. `Secret("NAME").reveal()` stands for the reference `secret:NAME`.

    Args:
        node: the expression.
        bound: what the notebook's imports bind.

    Raises:
        ValueError: it is something else, or makes no value; the message quotes it.
    """
    try:
        return _value(node, bound)
    except (TypeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"{_quoted(node)} makes no value: {str(error) or type(error).__name__}") from None


def _value(node: ast.expr, bound: Mapping[str, str]) -> Any:  # noqa: PLR0911 - one return for each kind of value
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return _no_reference(value)
        case ast.List(elts=items):
            return [_value(item, bound) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item, bound) for item in items)
        case ast.Set(elts=items):
            return {_value(item, bound) for item in items}
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {_value(_key(key, node), bound): _value(value, bound) for key, value in pairs}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            number = _number(_value(operand, bound), operand)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(op, _value(left, bound), _value(right, bound), node)
        case ast.Call():
            return _call(node, bound)
        case ast.Name() | ast.Attribute() if (name := qualified(node, bound)) in _CONSTANTS:
            return _CONSTANTS[name or ""]
    raise ValueError(f"{_quoted(node)} is no literal")


def _no_reference(value: Any) -> Any:
    secret = reference(value) if isinstance(value, str) else None
    if secret:
        raise ValueError(
            f"the notebook would get {value!r} itself; write {secret!r}, or {secret!r}.reveal() for str"
        )
    return value


def _key(key: ast.expr | None, node: ast.expr) -> ast.expr:
    if key is None:
        raise ValueError(f"{_quoted(node)} is no literal")
    return key


def _number(value: Any, node: ast.expr) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta | Decimal):
        raise ValueError(f"{_quoted(node)} is no number")
    return value


def _arithmetic(op: ast.operator, left: Any, right: Any, node: ast.BinOp) -> Any:
    if isinstance(left, Path) and isinstance(op, ast.Div) and isinstance(right, str | Path):
        return left / right
    _number(left, node.left)
    _number(right, node.right)
    if type(op) not in _OPERATORS:
        raise ValueError(f"{_quoted(node)} is no literal")
    if isinstance(op, ast.Pow) and not (abs(left) <= 1000 and abs(right) <= 32):
        raise ValueError(f"{_quoted(node)} is too large a power; write the number")
    result = _OPERATORS[type(op)](left, right)
    if isinstance(result, complex) or (isinstance(result, int) and abs(result) > _LARGEST):
        raise ValueError(f"{_quoted(node)} is no number that a parameter can hold")
    return result


def _call(node: ast.Call, bound: Mapping[str, str]) -> Any:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr="reveal"), args=[], keywords=[]):
            secret = _call(made, bound)
            if isinstance(secret, Secret):
                return str(secret)
    name = qualified(node.func, bound)
    if name not in _CALLS:
        raise ValueError(f"{_quoted(node)} is no literal")
    positional = [_value(argument, bound) for argument in node.args]
    named = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise ValueError(f"{_quoted(node)} is no literal")
        named[keyword.arg] = _value(keyword.value, bound)
    try:
        return _CALLS[name](*positional, **named)
    except ValueError as error:
        raise ValueError(f"{_quoted(node)} makes no value: {error}") from None


def _quoted(node: ast.expr) -> str:
    text = ast.unparse(node)
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"
