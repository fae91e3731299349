"""The kinds of values that stand in `workbench.toml`, each checked in its own words."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, Field

from workbench.duration import parse_duration
from workbench.errors import nearest
from workbench.project.cron import parse_cron
from workbench.project.size import parse_size

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def _name(value: Any) -> Any:
    if isinstance(value, str) and not _NAME.fullmatch(value):
        raise ValueError(f"expected a name of letters, digits, '-' and '_', but got {value!r}")
    return value


def _input(value: Any) -> Any:
    if isinstance(value, str):
        name, at, alias = value.partition("@")
        _name(name)
        if at and alias not in ("champion", "challenger"):
            raise ValueError(
                f"expected MODEL@champion or MODEL@challenger, or the name of an output, but got {value!r}"
            )
    return value


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    raise ValueError(f"expected a duration as text with its unit, like '5s' or '20m', but got {value!r}")


def _size(value: Any) -> Any:
    if isinstance(value, str):
        return parse_size(value)
    raise ValueError(f"expected a size as text with its unit, like '1MB', but got {value!r}")


def _notebook(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    path = PurePosixPath(value)
    if path.suffix != ".ipynb":
        raise ValueError(f"expected the path of an .ipynb file, but got {value!r}")
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"expected a path inside the project, relative to its folder, but got {value!r}")
    return Path(value)


def _module(value: Any) -> Any:
    if isinstance(value, str) and not all(part.isidentifier() for part in value.split(".")):
        raise ValueError(
            f"expected the name of a module, like 'torch' or 'xgboost.sklearn', but got {value!r}"
        )
    return value


def _file(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"expected a path inside the project, relative to its folder, but got {value!r}")
    return Path(value)


def _sentences(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _cron(value: Any) -> Any:
    if isinstance(value, str):
        parse_cron(value)
    return value


def _timezone(value: Any) -> Any:
    if isinstance(value, str):
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            close = nearest(value, available_timezones())
            meant = f"; did you mean {close!r}?" if close else ""
            raise ValueError(
                f"expected a time zone such as 'UTC' or 'America/New_York', but got {value!r}{meant}"
            ) from None
    return value


def _block(value: Any) -> Any:
    if isinstance(value, str) and value != "row" and _duration(value) <= timedelta():
        raise ValueError(f"expected the length of a block of time, like '1d', or 'row', but got {value!r}")
    return value


Name = Annotated[str, BeforeValidator(_name)]
Module = Annotated[str, BeforeValidator(_module)]
Names = Annotated[tuple[Name, ...], Field(strict=False)]
Inputs = Annotated[tuple[Annotated[str, BeforeValidator(_input)], ...], Field(strict=False)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
PositiveDuration = Annotated[Duration, Field(gt=timedelta())]
Delay = Annotated[Duration, Field(ge=timedelta())]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]
Sentences = Annotated[tuple[Text, ...], BeforeValidator(_sentences), Field(strict=False)]
Notebook = Annotated[Path, BeforeValidator(_notebook)]
Cron = Annotated[str, BeforeValidator(_cron)]
Timezone = Annotated[str, BeforeValidator(_timezone)]
Block = Annotated[str, BeforeValidator(_block)]
File = Annotated[Path, BeforeValidator(_file)]
