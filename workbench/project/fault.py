"""Puts what pydantic found wrong in `workbench.toml` into one plain sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from workbench.errors import ConfigurationError, nearest
from workbench.project.config import ProjectConfig

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_EXPECTED = {
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": 'a list, like ["a", "b"]',
    "too_short": "a list that is not empty",
    "dict_type": "a table",
    "model_type": "a table",
    "path_type": "the path of a file, in quotes",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}


def fault(file: Path, error: ValidationError) -> ConfigurationError:
    """Return the error to raise: a key that does not exist comes first, for it explains others."""
    details = sorted(error.errors(), key=lambda found: found["type"] != "extra_forbidden")[0]
    place = [part for part in details["loc"] if part != "[key]"]
    if details["type"] == "extra_forbidden":
        message, hint = _unknown(place)
    elif details["type"] == "missing":
        message, hint = _missing(place)
    else:
        message, hint = _wrong(details, place)
    key = dotted(place)
    return ConfigurationError(f"{file}: {message}", hint=hint, file=str(file), key=key)


def dotted(place: Sequence[str | int]) -> str:
    """Return a key as TOML writes it: `stages.train.inputs[0]`."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if _BARE_KEY.fullmatch(part) else f".{json.dumps(part, ensure_ascii=False)}"
    return text.removeprefix(".")


def suggestion(name: str, known: Iterable[str], what: str) -> str:
    """Return a hint: the known name that was probably meant, else all of them."""
    options = sorted(set(known))
    close = nearest(name, options)
    if close:
        return f"Did you mean {close!r}?"
    return f"The {what} are: {', '.join(options)}." if options else f"There are no {what} yet."


def _unknown(place: list[str | int]) -> tuple[str, str]:
    table, key = place[:-1], str(place[-1])
    model = _model_at(table)
    keys = list(model.model_fields) if model else []
    what = f"keys of [{dotted(table)}]" if table else "tables"
    return f"unknown key {dotted(place)}.", suggestion(key, keys, what)


def _missing(place: list[str | int]) -> tuple[str, str]:
    if len(place) == 1:
        return f"the table [{place[0]}] is missing.", f'Add it: [{place[0]}] with name = "…".'
    table, key = dotted(place[:-1]), place[-1]
    return f"{dotted(place)} is missing.", f"Add {key} = … under [{table}]."


def _wrong(details: ErrorDetails, place: list[str | int]) -> tuple[str, str]:
    context: dict[str, Any] = details.get("ctx", {})
    key, got = dotted(place), details["input"]
    if details["type"] == "value_error":
        return f"{key}: {context['error']}.", "Correct the value."
    expected = _EXPECTED.get(details["type"], "").format(**context) or details["msg"]
    if details["type"] == "literal_error" and isinstance(got, str):
        options = re.findall(r"'([^']*)'", context["expected"])
        return f"{key}: expected {expected}, but got {_shown(got)}.", suggestion(
            got, options, "possible values"
        )
    if details["type"] == "tuple_type" and isinstance(got, str):
        return f"{key}: expected {expected}, but got {_shown(got)}.", f"Write [{_shown(got)}]."
    return f"{key}: expected {expected}, but got {_shown(got)}.", "Correct the value."


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _model_at(place: Sequence[str | int]) -> type[BaseModel] | None:
    kind: Any = ProjectConfig
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        elif get_origin(kind) is dict:
            kind = get_args(kind)[1]
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
