"""Turns a command line's text into a value of a parameter's type."""

from __future__ import annotations

import json
import re
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from workbench.parameters.check import members, split

_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_NONE = ("None", "null")
_WHOLE = re.compile(r"[+-]?\d+(_\d+)*", re.ASCII)


def candidates(text: str, kind: Any) -> list[Any]:
    """Return what a text may mean for a type, the likeliest first; the type itself then decides.

    A text for `str` stays as it is, whatever it looks like. `None` and `null` mean None where that is
    allowed. A list, dict, tuple or set is written as JSON. Dates and their like stay text.
    """
    alternatives = [split(member)[0] for member in members(split(kind)[0])]
    found: list[Any] = []
    for alternative in sorted(alternatives, key=_rank):
        found += _readings(text, alternative)
    return found


def _rank(kind: Any) -> int:
    return 0 if kind in (None, NoneType) else 2 if kind is str else 1


def _readings(text: str, kind: Any) -> list[Any]:  # noqa: PLR0911 - one return for each kind of type
    word = text.strip()
    if kind in (None, NoneType):
        return [None] if word in _NONE else []
    if kind is bool:
        return [_WORDS[word.lower()]] if word.lower() in _WORDS else []
    if kind is int:
        return _number(int, word) if _WHOLE.fullmatch(word) else []
    if kind is float:
        return _number(float, word)
    if get_origin(kind) is Literal:
        return [choice for choice in get_args(kind) if _means(text, choice)]
    if get_origin(kind) is not None:
        return _json(text)
    return [text if kind is str else word]


def _means(text: str, choice: Any) -> bool:
    return text == choice if isinstance(choice, str) else choice in _readings(text, type(choice))


def _number(kind: type[int] | type[float], word: str) -> list[Any]:
    try:
        return [kind(word)]
    except ValueError:
        return []


def _json(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return []
