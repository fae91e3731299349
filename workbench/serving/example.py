"""A request with a real row, for people to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.place import located
from workbench.errors import WorkbenchError
from workbench.serving.model.example import read_example

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.registry.version import Version


def example_body(version: Version, project: Project) -> dict[str, Any] | None:
    """Return the body of a request with the first row that a version was saved with; None without one."""
    try:
        example = read_example(located(version.record(), project.root))
    except (WorkbenchError, ValueError):
        return None
    if example is None or not example.rows:
        return None
    if example.columns is None:
        return {"instances": [list(example.rows[0])]}
    return {"dataframe_split": {"columns": list(example.columns), "data": [list(example.rows[0])]}}
