"""The declared environment that a stage runs in, reduced to what may change its results."""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import workbench
from workbench.errors import ConfigurationError

if TYPE_CHECKING:
    from workbench.project import Project

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?\s*(?P<rest>.*)$")
_INCLUDE = re.compile(r"^(?:-r|-c|--requirement|--constraint)[\s=]*(?P<path>\S+)$")
_COMMENT = re.compile(r"(^|\s)#.*$")


def environment_print(project: Project) -> dict[str, str]:
    """Return what the project's environment is declared to be: a version or digest for each name.

    Raises:
        ConfigurationError: a declared file is missing or cannot be read.
    """
    return declared_environment(project.root, project.config.environment.files)


def declared_environment(root: Path, files: Iterable[str]) -> dict[str, str]:
    """Return Python's minor version, the workbench's, and what each declared file pins.

    Requirement files and locks give one entry for each package, named `FILE:PACKAGE`, so that a
    change can be named; hashes, comments, package indexes and order do not count. Of `pyproject.toml`
    only the dependencies count. Any other file counts by its lines without comments.
    """
    found = {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "workbench": workbench.__version__,
    }
    for name in files:
        for key, value in _entries(root / name, name):
            entry = f"{name}:{key}" if key else name
            found[entry] = f"{found[entry]} | {value}" if entry in found else value
    return dict(sorted(found.items()))


def _entries(path: Path, name: str) -> Iterator[tuple[str, str]]:
    text = _read(path, name)
    if path.name == "pyproject.toml":
        yield from _project_entries(_toml(text, name))
    elif path.suffix == ".lock" or path.name.startswith("pylock"):
        yield from _lock_entries(_toml(text, name))
    elif path.suffix in {".txt", ".in"}:
        yield from sorted(set(_requirement_entries(text, path, {path})))
    else:
        yield "", _digest(_lines(text))


def _project_entries(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    project = content.get("project", {})
    groups = [project.get("dependencies", [])]
    groups += project.get("optional-dependencies", {}).values()
    groups += content.get("dependency-groups", {}).values()
    if "requires-python" in project:
        yield "requires-python", project["requires-python"]
    yield from sorted({_pin(line) for group in groups for line in group if isinstance(line, str)})


def _lock_entries(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    packages = content.get("package", content.get("packages", []))
    yield from sorted({(_canonical(p["name"]), str(p.get("version", ""))) for p in packages})


def _requirement_entries(text: str, path: Path, seen: set[Path]) -> Iterator[tuple[str, str]]:
    for line in _lines(re.sub(r"\\\r?\n", " ", text)):
        include = _INCLUDE.match(line)
        if include:
            other = path.parent / include["path"]
            if other not in seen:
                seen.add(other)
                yield from _requirement_entries(_read(other, include["path"]), other, seen)
        elif line.startswith(("-e", "--editable")):
            yield line, ""
        elif not line.startswith("-"):
            yield _pin(line)


def _pin(line: str) -> tuple[str, str]:
    line = re.sub(r"\s*--hash[=\s]\S+", "", line).strip()
    found = _PIN.match(line)
    if not found:
        return line, ""
    rest = re.sub(r"\s+", "", found["rest"]) if ";" not in found["rest"] else " ".join(found["rest"].split())
    return _canonical(found["name"]) + (found["extras"] or ""), rest.removeprefix("==")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _lines(text: str) -> list[str]:
    stripped = (_COMMENT.sub("", line).rstrip() for line in text.splitlines())
    return [line for line in stripped if line.strip()]


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"The environment file {name} is not valid TOML: {error}.",
            hint="Mend it, or take it out of [environment] files in workbench.toml.",
            file=name,
            key="environment.files",
        ) from error


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The environment file {name} cannot be read: {error}.",
            hint="Correct [environment] files in workbench.toml; paths are relative to the project.",
            file=name,
            key="environment.files",
        ) from error
