"""The record of an input, made ready to be read; or the reason why it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import SourceError, StorageError

if TYPE_CHECKING:
    from workbench.pipeline.stage import Stage


def readable(stage: Stage, name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record of something that exists; in a person's session a source is read only now.

    Raises:
        StorageError: nothing was ever committed under this name.
        SourceError: the source does not answer, or is not what was declared.
    """
    if record["kind"] == "missing":
        raise StorageError(
            f"Nothing has been committed under {name!r} yet.",
            hint=f"Run what makes it first: workbench run --until {record['stage']}",
            store=name,
        )
    if record["kind"] == "unread":
        raise SourceError(record["error"], hint=record["hint"], source=name, problem=record["problem"])
    if record["kind"] == "source" and "files" not in record:
        from workbench.data.place import located
        from workbench.data.source import Sources

        return located(Sources(stage.project).fetch(name), stage.project.root)
    return record
