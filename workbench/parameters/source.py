"""Values written as source code: literals only, and the imports that these need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from workbench.parameters.canonical import sorted_items
from workbench.parameters.names import OWN
from workbench.parameters.secret import Revealed, Secret, reference

_ALIASES = {"datetime": "_datetime", "decimal": "_decimal", "pathlib": "_pathlib", OWN: "_parameters"}


def render(values: Mapping[str, Any]) -> str:
    """Return the source that assigns the values, one a line, after the imports that they need.

    Modules are imported under names of their own, so that none of the notebook's names changes
    its meaning.
    """
    lines = [f"{name} = {written(value)}" for name, value in values.items()]
    imports = [
        f"import {module} as {alias}\n"
        for module, alias in _ALIASES.items()
        if any(f"{alias}." in line for line in lines)
    ]
    return "# Parameters\n" + "".join(imports) + "\n".join(lines) + ("\n" if lines else "")


def written(value: Any) -> str:  # noqa: PLR0911 - one return for each kind of value
    """Return the literal that stands for a value; a `secret:NAME` is looked up when it runs."""
    match value:
        case bool() | int() | None:
            return repr(value)
        case Revealed():
            return f"{written(value.secret)}.reveal()"
        case str():
            secret = reference(value)
            return f"{written(secret)}.reveal()" if secret else repr(str(value))
        case float():
            return repr(float(value)) if math.isfinite(value) else f'float("{float(value)!r}")'
        case list():
            return f"[{_joined(value)}]"
        case tuple():
            return f"({_joined(value)}{',' if len(value) == 1 else ''})"
        case set():
            return f"{{{_joined(sorted_items(value))}}}" if value else "set()"
        case frozenset():
            return f"frozenset({written(set(value)) if value else ''})"
        case dict():
            return f"{{{', '.join(f'{_key(key)}: {written(item)}' for key, item in value.items())}}}"
    return _made(value)


def _made(value: Any) -> str:  # noqa: PLR0911 - one return for each kind of value
    match value:
        case Secret():
            return f"_parameters.Secret({value.name!r})"
        case Decimal():
            return f"_decimal.Decimal({str(value)!r})"
        case PurePath():
            return f"_pathlib.Path({value.as_posix()!r})"
        case timedelta():
            parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
            return f"_datetime.timedelta({', '.join(f'{k}={v}' for k, v in parts.items() if v)})"
        case datetime():
            numbers = [value.year, value.month, value.day, value.hour, value.minute]
            return f"_datetime.datetime({_clock(numbers, value)})"
        case time():
            return f"_datetime.time({_clock([value.hour, value.minute], value)})"
        case date():
            return f"_datetime.date({value.year}, {value.month}, {value.day})"
    raise TypeError(f"A parameter cannot hold a {type(value).__name__}.")


def _clock(numbers: list[int], value: datetime | time) -> str:
    if value.second or value.microsecond:
        numbers = [*numbers, value.second]
    if value.microsecond:
        numbers = [*numbers, value.microsecond]
    zone = f", tzinfo={_zone(value.tzinfo, value)}" if value.tzinfo else ""
    return ", ".join(map(str, numbers)) + zone


def _zone(zone: tzinfo, value: datetime | time) -> str:
    offset = value.utcoffset()
    if offset is None:
        raise TypeError(f"A parameter cannot hold the time zone {zone}; give an offset from UTC.")
    return f"_datetime.timezone({written(offset)})" if offset else "_datetime.timezone.utc"


def _joined(values: Any) -> str:
    return ", ".join(written(value) for value in values)


def _key(key: Any) -> str:
    return repr(str(key)) if isinstance(key, str) else written(key)
