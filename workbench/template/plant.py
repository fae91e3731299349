"""Copies the template into a folder: all of it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from workbench.errors import StorageError, UsageError

_HIDDEN = "dot-"  # a file of that name would act on the repository that the template lies in
_NAME = "PROJECT_NAME"
_NAMED = ("workbench.toml", "README.md")
_SHOWN = 8


@dataclass(frozen=True)
class Planted:
    """A project that was made.

    Attributes:
        folder: absolute.
        name: as in its workbench.toml.
        files: relative to the folder, sorted.
    """

    folder: Path
    name: str
    files: tuple[str, ...]


def plant(folder: Path) -> Planted:
    """Make a project in a folder, which is made too when there is none.

    Raises:
        UsageError: the folder is a file, holds one of the template's files already, or its name gives no
            project's name; nothing was written.
        StorageError: the folder cannot be written; what was written was removed.
    """
    root = folder.absolute()
    name = project_name(root)
    contents = {path: _content(path, source, name) for path, source in _template()}
    _refuse_existing(root, sorted(contents))
    _write_all(root, contents)
    return Planted(root, name, tuple(sorted(contents)))


def project_name(folder: Path) -> str:
    """Return the name for a project in this folder: the folder's, in the characters that a name may have.

    Raises:
        UsageError: none of its characters may stand in a name.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.name).strip("-_")
    if not name:
        raise UsageError(
            f"No project can be named after the folder {folder}: a name has letters, digits, '-' and '_'.",
            hint="Give a folder with a name: workbench init shop",
        )
    return name


def _template() -> Iterator[tuple[str, Traversable]]:
    pending = [(PurePosixPath(), resources.files("workbench.template") / "files")]
    while pending:
        place, folder = pending.pop()
        for each in folder.iterdir():
            if each.name == "__pycache__":
                continue
            if each.is_dir():
                pending.append((place / each.name, each))
            else:
                name = f".{each.name.removeprefix(_HIDDEN)}" if each.name.startswith(_HIDDEN) else each.name
                yield (place / name).as_posix(), each


def _content(path: str, source: Traversable, name: str) -> bytes:
    content = source.read_bytes()
    return content.replace(_NAME.encode(), name.encode()) if path in _NAMED else content


def _refuse_existing(root: Path, paths: list[str]) -> None:
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file, not a folder.", hint="Name a folder, which may be new.")
    there = [path for path in paths if (root / path).is_symlink() or (root / path).exists()]
    if there:
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        raise UsageError(
            f"{root} holds already: {', '.join(there[:_SHOWN])}{more}. Nothing was written.",
            hint="Name a new folder, or move these away: `init` overwrites nothing.",
            existing=there,
        )


def _write_all(root: Path, contents: dict[str, bytes]) -> None:
    made: list[Path] = []
    try:
        for path, content in contents.items():
            _make_folder((root / path).parent, made)
            with (root / path).open("xb") as stream:
                made.append(root / path)
                stream.write(content)
    except BaseException as error:
        _remove(made)
        if isinstance(error, OSError):
            raise StorageError(
                f"No project can be made in {root}: {error.strerror or error}. Nothing was kept.",
                hint="Check who may write there and how much room is left.",
                store=str(root),
            ) from error
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
