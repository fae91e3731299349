"""Says in plain words what a type allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from workbench.parameters.canonical import canonical
from workbench.parameters.check import members, split
from workbench.parameters.secret import Secret

_SIMPLE: Mapping[Any, str] = {
    int: "a whole number (int)",
    float: "a number (float)",
    str: "a text (str)",
    bool: "true or false (bool)",
    date: "a date like 2013-02-28",
    datetime: "a date and time like 2013-02-28T06:30",
    time: "a time of day like 06:30",
    timedelta: "a duration like 20m or 1h30m",
    Path: "a path",
    Decimal: "a decimal number like '1.10'",
    Secret: "a reference like secret:NAME, not the secret itself",
    Any: "any value",
}
_BOUNDS = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}
_OTHERS = {
    "multiple_of": "a multiple of {}",
    "min_length": "of length at least {}",
    "max_length": "of length at most {}",
    "pattern": "that matches {!r}",
    "max_digits": "of at most {} digits",
    "decimal_places": "with at most {} decimal places",
}


def expected(kind: Any, constraints: tuple[Any, ...] = ()) -> str:
    """Return what a type allows: `a number (float) greater than 0 and at most 1`."""
    kind, own = split(kind)
    constraints = (*own, *constraints)
    alternatives = members(kind)
    if len(alternatives) > 1:
        return " or ".join(expected(member, constraints) for member in alternatives)
    if kind in (None, NoneType):
        return "None"
    head, tail = _words(kind)
    limits = " and ".join(limit for constraint in constraints for limit in _limits(constraint))
    return " ".join(part for part in (head, limits, tail) if part)


def choices(kind: Any) -> list[str]:
    """Return the texts that a type lists as its only ones."""
    found: list[str] = []
    for member in members(split(kind)[0]):
        if get_origin(split(member)[0]) is Literal:
            found += [choice for choice in get_args(split(member)[0]) if isinstance(choice, str)]
    return found


def holds_secret(kind: Any) -> bool:
    """Tell whether a value of the type may be a secret, so that no message may show it."""
    kind = split(kind)[0]
    return kind is Secret or any(
        holds_secret(part) for part in get_args(kind) if get_origin(kind) is not Literal
    )


def _words(kind: Any) -> tuple[str, str]:
    """Return what a type is, and what is in it."""
    if kind in _SIMPLE:
        return _SIMPLE[kind], ""
    origin, items = get_origin(kind), get_args(kind)
    if origin is Literal:
        return "one of " * (len(items) > 1) + ", ".join(repr(choice) for choice in items), ""
    if origin is tuple and items[-1:] != (Ellipsis,):
        listed = ", ".join(expected(item) for item in items)
        return (f"a tuple of {len(items)}: {listed}" if items else "an empty tuple"), ""
    inner = items[1] if origin is dict else items[0]
    held = "values" if origin is dict else "items"
    return f"a {origin.__name__}", "" if inner is Any else f"whose {held} are each {expected(inner)}"


def _limits(constraint: Any) -> list[str]:
    if isinstance(constraint, FieldInfo):
        return [limit for part in constraint.metadata for limit in _limits(part)]
    if isinstance(constraint, annotated_types.GroupedMetadata):
        return [limit for part in constraint for limit in _limits(part)]
    facts = getattr(constraint, "__dict__", None) or {
        name: getattr(constraint, name) for name in getattr(constraint, "__slots__", ())
    }
    found = [f"{words} {_shown(facts[name])}" for name, words in _BOUNDS.items() if name in facts]
    return found + [words.format(_shown(facts[name])) for name, words in _OTHERS.items() if name in facts]


def _shown(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else canonical(value)
