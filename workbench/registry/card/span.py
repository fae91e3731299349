"""The first and the last moment in a dataset, from the statistics in its files' footers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.data.digest import open_verified
from workbench.data.place import located

if TYPE_CHECKING:
    from workbench.project import Project


class Span(NamedTuple):
    """A column of times, and between which moments it lies."""

    column: str
    first: date
    last: date


def time_span(record: Mapping[str, Any], project: Project) -> Span | None:
    """Return the span of the first column of times; None when there is none or the files are not here.

    Raises:
        IntegrityError: a file's bytes are not those recorded.
    """
    names = [c["name"] for c in record.get("schema", ()) if c["type"].startswith(("timestamp", "date"))]
    uri = located(record, project.root).get("uri")
    if not names or not uri or "://" in uri:
        return None
    folder = Path(uri)
    if not all((folder / file["path"]).exists() for file in record["files"]):
        return None
    bounds = [moment for file in record["files"] for moment in _bounds(folder, file, names[0])]
    return Span(names[0], min(bounds), max(bounds)) if bounds else None


def _bounds(folder: Path, file: Mapping[str, Any], column: str) -> list[date]:
    import pyarrow.parquet as pq

    with open_verified(folder, file) as stream:
        found = pq.read_metadata(stream)
    index = found.schema.names.index(column)
    parts = (found.row_group(group).column(index).statistics for group in range(found.num_row_groups))
    moments = [m for part in parts if part is not None and part.has_min_max for m in (part.min, part.max)]
    return [moment for moment in moments if isinstance(moment, date)]  # a datetime is a date
