"""Types from annotations, read from their syntax tree; nothing is ever executed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union

import annotated_types
from pydantic import Field

from workbench.errors import nearest
from workbench.parameters.literals import value_of
from workbench.parameters.names import CONSTRAINTS, OWN, qualified
from workbench.parameters.secret import Secret

SIMPLE: dict[str, Any] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "datetime.date": date,
    "datetime.datetime": datetime,
    "datetime.time": time,
    "datetime.timedelta": timedelta,
    "pathlib.Path": Path,
    "decimal.Decimal": Decimal,
    f"{OWN}.Secret": Secret,
}
_COLLECTIONS: dict[str, Any] = {
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "typing.List": list,
    "typing.Dict": dict,
    "typing.Tuple": tuple,
    "typing.Set": set,
    "typing.FrozenSet": frozenset,
}
_CONSTRAINTS: dict[str, Callable[..., Any]] = {
    **{f"annotated_types.{name}": getattr(annotated_types, name) for name in CONSTRAINTS},
    "pydantic.Field": Field,
}
_FIELD_KEYS = frozenset(
    {
        *("gt", "ge", "lt", "le", "multiple_of", "allow_inf_nan"),
        *("min_length", "max_length", "pattern", "max_digits", "decimal_places"),
        *("description", "title", "examples"),
    }
)
_KNOWN = (
    "int, float, str, bool, date, datetime, time, timedelta, Path, Decimal, Secret, Literal[…], "
    "Annotated[…], X | None, and list, dict, tuple and set of these"
)
_KEYS = (str, int)


def type_of(node: ast.expr, bound: Mapping[str, str]) -> Any:
    """Return the type that an annotation stands for.

    Args:
        node: the annotation.
        bound: what the notebook's imports bind.

    Raises:
        ValueError: it is not a type that a parameter can have; the message says which are.
    """
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=str(text)):
            return type_of(_parsed(text), bound)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return Union[type_of(left, bound), type_of(right, bound)]  # noqa: UP007 - made at run time
        case ast.Name() | ast.Attribute():
            return _plain(node, bound)
        case ast.Subscript(value=of, slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _form(node, qualified(of, bound) or "", items, bound)
    raise _unknown(node)


def annotation_of(value: Any) -> str:
    """Return the annotation that a value without one is read as having.

    Raises:
        ValueError: nothing follows from the value.
    """
    if value is None:
        raise ValueError("its type does not follow from None; annotate it, like `int | None`")
    kind = type(value)
    if kind in (list, set, frozenset):
        return f"{kind.__name__}[{_either(value)}]" if value else kind.__name__
    if kind is tuple:
        return f"tuple[{', '.join(annotation_of(item) for item in value)}]" if value else "tuple"
    if kind is dict:
        return f"dict[{_either(value)}, {_either(value.values())}]" if value else "dict"
    return "Path" if isinstance(value, Path) else kind.__name__


def _either(values: Any) -> str:
    found = sorted({"None" if value is None else annotation_of(value) for value in values})
    if "float" in found and "int" in found:
        found.remove("int")
    return " | ".join(found)


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise ValueError(f"{text!r} is not an annotation") from None


def _plain(node: ast.expr, bound: Mapping[str, str]) -> Any:
    name = qualified(node, bound) or ""
    if name in SIMPLE:
        return SIMPLE[name]
    if name == "typing.Any":
        raise ValueError("Any says nothing about what is allowed; name the types, like `int | str`")
    if name in _COLLECTIONS:
        kind = _COLLECTIONS[name]
        return dict[str, Any] if kind is dict else tuple[Any, ...] if kind is tuple else kind[Any]
    raise _unknown(node)


def _form(node: ast.expr, name: str, items: list[ast.expr], bound: Mapping[str, str]) -> Any:
    if name == "typing.Literal":
        return Literal[tuple(_choice(item, bound) for item in items)]
    if name == "typing.Annotated" and len(items) > 1:
        return Annotated[(type_of(items[0], bound), *(_constraint(item, bound) for item in items[1:]))]
    if name == "typing.Optional" and len(items) == 1:
        return Union[type_of(items[0], bound), None]  # noqa: UP007 - made at run time
    if name == "typing.Union":
        return Union[tuple(type_of(item, bound) for item in items)]  # noqa: UP007 - made at run time
    if name in _COLLECTIONS:
        return _collection(node, _COLLECTIONS[name], items, bound)
    raise _unknown(node)


def _collection(node: ast.expr, kind: Any, items: list[ast.expr], bound: Mapping[str, str]) -> Any:
    endless = kind is tuple and len(items) == 2 and _is_ellipsis(items[1])
    types = tuple(_item(item, bound) for item in items[: 1 if endless else None])
    if kind is tuple:
        return kind[(*types, ...) if endless else types]
    if len(types) != (2 if kind is dict else 1):
        example = "dict[str, int]" if kind is dict else f"{kind.__name__}[int]"
        raise ValueError(f"expected a type like {example}, but got `{ast.unparse(node)}`")
    if kind is dict and types[0] not in _KEYS:
        raise ValueError(f"the keys of a dict are str or int, but got `{ast.unparse(node)}`")
    return kind[types]


def _item(node: ast.expr, bound: Mapping[str, str]) -> Any:
    return Any if qualified(node, bound) == "typing.Any" else type_of(node, bound)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _choice(node: ast.expr, bound: Mapping[str, str]) -> Any:
    value = value_of(node, bound)
    if not isinstance(value, str | int | bool | None):
        raise ValueError(f"Literal holds texts, whole numbers, True, False and None, not {value!r}")
    return value


def _constraint(node: ast.expr, bound: Mapping[str, str]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    name = qualified(node.func, bound) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or name not in _CONSTRAINTS:
        raise ValueError(
            f"`{ast.unparse(node)}` is no constraint; there are {', '.join(CONSTRAINTS)} and Field(…)"
        )
    positional = [value_of(argument, bound) for argument in node.args]
    named = {key.arg or "**": value_of(key.value, bound) for key in node.keywords}
    wrong = sorted(named.keys() - _FIELD_KEYS) if name == "pydantic.Field" else []
    if wrong or (name == "pydantic.Field" and positional):
        hint = nearest(wrong[0], _FIELD_KEYS) if wrong else None
        raise ValueError(
            f"`{ast.unparse(node)}`: Field takes {', '.join(sorted(_FIELD_KEYS))} by name here"
            + (f" (did you mean {hint!r}?)" if hint else "")
        )
    try:
        return _CONSTRAINTS[name](*positional, **named)
    except TypeError as error:
        raise ValueError(f"`{ast.unparse(node)}` is no constraint: {error}") from None


def _unknown(node: ast.expr) -> ValueError:
    text = ast.unparse(node)
    close = nearest(text.rpartition(".")[2], {name.rpartition(".")[2] for name in SIMPLE})
    hint = f" (did you mean {close!r}?)" if close else ""
    return ValueError(f"`{text}` is not a type that a parameter can have{hint}. These are: {_KNOWN}")
