"""Reads and checks a project's `workbench.toml`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.errors import ConfigurationError
from workbench.project.check import check
from workbench.project.config import ProjectConfig
from workbench.project.fault import fault
from workbench.project.project import Project
from workbench.root import FILE, find_root

_POSITION = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
_LOCKS = ("locks/*.txt", "uv.lock", "pylock*.toml", "poetry.lock", "conda-lock.yml")
_DECLARATIONS = ("requirements*.txt", "environment.yml", "environment.yaml")


def load_project(path: Path | None = None) -> Project:
    """Return the project that a path lies in, completely checked.

    Args:
        path: a folder or file in the project; None means the current folder.

    Raises:
        ConfigurationError: there is no project, or its `workbench.toml` says something impossible.
    """
    root = find_root(path)
    document = _parse(root / FILE)
    try:
        config = ProjectConfig.model_validate(document)
    except ValidationError as error:
        raise fault(root / FILE, error) from None
    if "files" not in config.environment.model_fields_set:
        environment = config.environment.model_copy(update={"files": _usual_environment(root)})
        config = config.model_copy(update={"environment": environment})
    check(root, root / FILE, config)
    return Project(root, config)


def _parse(file: Path) -> dict[str, Any]:
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, place = _place(str(error), text)
        raise ConfigurationError(
            f"{file}{place}: this is not valid TOML: {what}.",
            hint="Mend that line; texts need quotes, and each table and key may stand once only.",
            file=str(file),
            key="",
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file} is not UTF-8 text: byte {error.start} cannot be read.",
            hint="Save it as UTF-8.",
            file=str(file),
            key="",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror or error}.",
            hint="Check its permissions.",
            file=str(file),
            key="",
        ) from error


def _place(message: str, text: str) -> tuple[str, str]:
    found = _POSITION.fullmatch(message)
    if not found:
        return message, ""
    lines = text.splitlines() or [""]
    line, column = found["line"] or len(lines), found["column"] or len(lines[-1]) + 1
    what = found["what"]
    return what[:1].lower() + what[1:], f", line {line}, column {column}"


def _usual_environment(root: Path) -> tuple[str, ...]:
    locks = _existing(root, _LOCKS)
    return (*_existing(root, ("pyproject.toml",)), *(locks or _existing(root, _DECLARATIONS)))


def _existing(root: Path, patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        path.relative_to(root).as_posix()
        for pattern in patterns
        for path in sorted(root.glob(pattern))
        if path.is_file()
    )
