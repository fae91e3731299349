"""Finds the folder of the project that a path lies in."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import ConfigurationError

FILE = "workbench.toml"


def find_root(path: Path | None = None) -> Path:
    """Return the folder of the project that a path lies in, absolute.

    Args:
        path: a folder or file in the project; None means the current folder.

    Raises:
        ConfigurationError: neither the path nor any folder above it holds a `workbench.toml`.
    """
    try:
        start = (path or Path.cwd()).absolute()
    except FileNotFoundError as error:
        raise ConfigurationError(
            "The folder that this was started in is gone.",
            hint="Go to a project's folder.",
            file=FILE,
            key="",
        ) from error
    if not start.exists():
        raise ConfigurationError(
            f"There is no project at {start}: the path does not exist.",
            hint="Correct the path.",
            file=str(start),
            key="",
        )
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise ConfigurationError(
        f"No project found: neither {start} nor any folder above it holds a {FILE}.",
        hint="Go to a project's folder, or make one: workbench init DIR",
        file=str(start / FILE),
        key="",
    )
