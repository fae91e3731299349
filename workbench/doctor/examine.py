"""Looks at everything that a run will need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.doctor.finding import Finding, fail, ok, warn
from workbench.doctor.installed import installed
from workbench.doctor.place import place
from workbench.doctor.repository import repository
from workbench.doctor.stores import stores
from workbench.errors import ConfigurationError
from workbench.project import Project, find_root, load_project


def examine(folder: Path | None = None, *, executor: str = "local") -> Iterator[Finding]:
    """Yield what is found, thing by thing; outside of a project only what is installed.

    Args:
        folder: in the project; None means the current folder.
        executor: where attempts are to run, as for `workbench run`.
    """
    yield from installed()
    try:
        root = find_root(folder)
    except ConfigurationError as error:
        yield warn("project", error.message, error.hint)
        return
    project: Project | None = None
    try:
        project = load_project(root)
        yield ok("project", f"{project.name}, {len(project.config.stages)} stages, {root}")
    except ConfigurationError as error:
        yield fail("project", error.message, error.hint)
    if project is not None:
        yield from place(project)
        yield from stores(project, executor)
    yield from repository(root)
