"""Checks values against a parameter's type: strictly, but reading dates and their like from text."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, ConfigDict, TypeAdapter, WithJsonSchema, WrapValidator

from workbench.duration import parse_duration
from workbench.parameters.canonical import canonical
from workbench.parameters.secret import Secret, reference

_CONFIG = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what checks values of a type, and describes it as JSON Schema.

    Raises:
        TypeError: a constraint does not go with the type.
    """
    return TypeAdapter(_checked(kind, ()), config=_CONFIG)


def split(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a type and its constraints apart."""
    if get_origin(kind) is Annotated:
        return kind.__origin__, kind.__metadata__
    return kind, ()


def members(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union; a type that is none is its own only member."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _checked(kind: Any, constraints: tuple[Any, ...]) -> Any:
    """Return the type with its reading of text, and the constraints where they belong."""
    kind, own = split(kind)
    constraints = (*own, *constraints)
    alternatives = members(kind)
    if len(alternatives) > 1:
        ordered = sorted(alternatives, key=lambda member: split(member)[0] is not str)
        return Union[tuple(_checked(member, constraints) for member in ordered)]  # noqa: UP007 - at run time
    if kind in (None, NoneType):
        return None
    if get_origin(kind) is Literal:
        return Annotated[kind, BeforeValidator(_exactly(get_args(kind)))]
    if kind in _READERS:
        return Annotated[(kind, *constraints, *_READERS[kind])]
    inner = _collection(kind)
    metadata = (*constraints, *_ITEMS.get(get_origin(kind), ()))
    return Annotated[(inner, *metadata)] if metadata else inner


def _collection(kind: Any) -> Any:
    origin, items = get_origin(kind), get_args(kind)
    if kind is Any:
        return Annotated[Any, AfterValidator(_holdable)]
    if origin is None:
        return kind
    if origin is tuple and len(items) == 2 and items[1] is Ellipsis:
        return origin[_checked(items[0], ()), ...]
    if origin is dict:
        key = Annotated[int, BeforeValidator(_whole_number)] if items[0] is int else items[0]
        return origin[key, _checked(items[1], ())]
    return origin[tuple(_checked(item, ()) for item in items)]


def _holdable(value: Any) -> Any:
    try:
        canonical(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number that is not finite")
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(_holdable(item) for item in value)
    return {key: _holdable(item) for key, item in value.items()} if isinstance(value, dict) else value


def _exactly(choices: tuple[Any, ...]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if any(type(value) is type(choice) and value == choice for choice in choices):
            return value
        raise ValueError("none of the choices")

    return read


def _from_text(read: Callable[[str], Any]) -> BeforeValidator:
    def convert(value: Any) -> Any:
        return read(value) if isinstance(value, str) else value

    return BeforeValidator(convert)


def _decimal(value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        try:
            return Decimal(value)
        except InvalidOperation:
            raise ValueError("no decimal number") from None
    return value


def _secret(text: str) -> Secret:
    found = reference(text)
    if found is None:
        raise ValueError("no reference to a secret")
    return found


def _not_finite(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value in ("nan", "inf", "-inf") else value


def _whole_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.removeprefix("-").isdecimal() else value


def _or_reference(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, str) and reference(value) else handler(value)


def _as_list(kind: Callable[[Any], Any]) -> BeforeValidator:
    def convert(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        try:
            return kind(value)
        except TypeError:
            raise ValueError("a list whose items cannot be in a set") from None

    return BeforeValidator(convert)


_READERS: dict[Any, tuple[Any, ...]] = {
    str: (WrapValidator(_or_reference),),
    float: (BeforeValidator(_not_finite),),
    date: (_from_text(date.fromisoformat),),
    datetime: (_from_text(datetime.fromisoformat),),
    time: (_from_text(time.fromisoformat),),
    timedelta: (_from_text(parse_duration), WithJsonSchema({"type": "string", "examples": ["1h30m"]})),
    Path: (_from_text(Path),),
    Decimal: (BeforeValidator(_decimal),),
    Secret: (_from_text(_secret), WithJsonSchema({"type": "string", "pattern": "^secret:[A-Za-z_]\\w*$"})),
}
_ITEMS: dict[Any, tuple[Any, ...]] = {kind: (_as_list(kind),) for kind in (tuple, set, frozenset)}
