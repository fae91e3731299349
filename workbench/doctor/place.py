"""Looks at the project's folder: whether it can be written, how much room there is, who may read secrets."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.doctor.finding import Finding, fail, ok, warn
from workbench.project import Project

_LITTLE, _TOO_LITTLE = 5 * 10**9, 5 * 10**8  # bytes; a run keeps notebooks, datasets and models


def place(project: Project) -> Iterator[Finding]:
    """Yield what is found of a project's folder."""
    state = project.layout.state
    refused = why_not_writable(state)
    if refused:
        yield fail("state", f"{state} cannot be written: {refused}", "Make it yours, or free the disk.")
    else:
        yield ok("state", f"{state} can be written")
    yield room(project.root)
    yield from _secrets(state / "secrets.toml")


def why_not_writable(folder: Path) -> str | None:
    """Return why no file can be made in a folder, or where it would be made; None when one can."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if not existing.is_dir():
        return f"{existing} is no folder"
    try:
        with tempfile.TemporaryFile(dir=existing) as stream:
            stream.write(b"\0" * 4096)
            stream.flush()
    except OSError as error:
        return error.strerror or str(error)
    return None


def room(folder: Path, free_of: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Return how much room the disk has.

    Args:
        folder: on that disk.
        free_of: tells a disk's free bytes.
    """
    free = free_of(folder)
    said = f"{free / 10**9:,.1f} GB free at {folder}"
    todo = "Free some: what runs kept is in .workbench/runs."
    if free < _TOO_LITTLE:
        return fail("disk", said, todo)
    return warn("disk", said, todo) if free < _LITTLE else ok("disk", said)


def _secrets(file: Path) -> Iterator[Finding]:
    if file.exists():
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            yield fail("secrets", f"others may read {file} (mode {mode:04o})", f"chmod 600 {file}")
        else:
            yield ok("secrets", f"only you may read {file}")
