"""Reads `-p` options: STAGE.NAME=VALUE for a run, NAME=A,B,C for a sweep."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, TypeVar

from workbench.errors import ParameterError

_Value = TypeVar("_Value")
_OPENING = {"(": ")", "[": "]", "{": "}"}


def read_overrides(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return `{stage: {name: text}}` from texts such as `train.learning_rate=0.1`.

    Raises:
        ParameterError: a text has another form, or gives a parameter twice.
    """
    overrides: dict[str, dict[str, str]] = {}
    for text in texts:
        left, value = _halves(text, "STAGE.NAME=VALUE", "-p train.learning_rate=0.1")
        stage, dot, name = left.rpartition(".")
        if not dot or not stage or not name:
            raise ParameterError(
                f"Expected -p STAGE.NAME=VALUE, but got {text!r}, which names no stage.",
                hint=f"Write for example: -p STAGE.{left}={value}; `workbench plan` lists the stages.",
                name=left,
                where="-p",
            )
        _put(overrides.setdefault(stage, {}), name, value, text)
    return overrides


def read_grid(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return `{name: [texts]}` from texts such as `learning_rate=0.05,0.1`.

    A comma inside brackets or quotes does not split: `shape=[1,2],[3,4]` holds two values.

    Raises:
        ParameterError: a text has another form, is empty somewhere, or gives a parameter twice.
    """
    grid: dict[str, list[str]] = {}
    for text in texts:
        name, value = _halves(text, "NAME=A,B,C", "-p learning_rate=0.05,0.1")
        values = _split(value)
        if "" in values:
            raise ParameterError(
                f"Expected values between the commas, but {text!r} leaves one of them empty.",
                hint=f"""Write an empty text as '""': -p '{name}="",other'.""",
                name=name,
                where="-p",
            )
        _put(grid, name, [_unquoted(item) for item in values], text)
    if not grid:
        raise ParameterError(
            "A sweep needs at least one parameter to vary, but got none.",
            hint="Write for example: -p learning_rate=0.05,0.1",
            name="",
            where="-p",
        )
    return grid


def read_values(texts: Sequence[str]) -> dict[str, Any]:
    """Return `{name: value}` from texts such as `rows=5`: Python literals, and texts where they are none.

    Raises:
        ParameterError: a text has another form, or gives a name twice.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, value = _halves(text, "NAME=VALUE", "-p threshold=0.5")
        try:
            _put(found, name, ast.literal_eval(value), text)
        except (ValueError, SyntaxError):
            _put(found, name, value, text)
    return found


def _halves(text: str, form: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ParameterError(
            f"Expected -p {form}, but got {text!r}.",
            hint=f"Write for example: {example}",
            name=name,
            where="-p",
        )
    return name.strip(), value


def _put(into: dict[str, _Value], name: str, value: _Value, text: str) -> None:
    if name in into:
        raise ParameterError(
            f"Parameter {name!r} is given twice, the second time as {text!r}.",
            hint="Give each parameter once.",
            name=name,
            where="-p",
        )
    into[name] = value


def _split(value: str) -> list[str]:
    items: list[str] = []
    closing: list[str] = []
    current = quote = ""
    for character in value:
        if character == "," and not closing and not quote:
            items.append(current.strip())
            current = ""
            continue
        current += character
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and (closing or not current[:-1].strip()):
            quote = character
        elif character in _OPENING:
            closing.append(_OPENING[character])
        elif closing and character == closing[-1]:
            closing.pop()
    return [*items, current.strip()]


def _unquoted(item: str) -> str:
    return item[1:-1] if len(item) >= 2 and item[0] == item[-1] and item[0] in "\"'" else item
