"""What a project says of its warm kernels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.project import Project


@dataclass(frozen=True)
class KernelSettings:
    """How the fork server of a project's kernels is made.

    Attributes:
        usual: whether the usual imports are loaded.
        preload: modules to load besides.
        idle: seconds after which it ends when nobody uses it.
        memory: bytes that it may take.
        watch: files that declare the environment; a server older than them is renewed.
    """

    usual: bool = True
    preload: tuple[str, ...] = ()
    idle: float = 900.0
    memory: int = 2 * 10**9
    watch: tuple[str, ...] = ()


def settings_of(project: Project) -> KernelSettings:
    """Return the settings of a project."""
    kernels = project.config.kernels
    return KernelSettings(
        usual=kernels.usual,
        preload=kernels.preload,
        idle=kernels.idle.total_seconds(),
        memory=kernels.memory,
        watch=tuple(str(project.root / name) for name in project.config.environment.files),
    )


def settings_around(folder: Path, *, strict: bool = False) -> KernelSettings:
    """Return the settings of the project around a folder; the usual ones where there is none.

    Args:
        folder: in the project.
        strict: whether a mistake in workbench.toml is an error; it need not keep a person from a kernel.

    Raises:
        ConfigurationError: there is a project, and its workbench.toml is wrong.
    """
    from workbench.project import load_project
    from workbench.root import find_root

    try:
        root = find_root(folder)
    except WorkbenchError:
        return KernelSettings()
    try:
        return settings_of(load_project(root))
    except WorkbenchError:
        if strict:
            raise
        return KernelSettings()
