"""Where an output's files are: written relative to the project, so that a project can be moved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def portable(record: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return a record whose `uri` is relative to the project when its files lie inside of it."""
    uri = record.get("uri")
    if uri and Path(uri).is_relative_to(root):
        return {**record, "uri": Path(uri).relative_to(root).as_posix()}
    return dict(record)


def located(record: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return a record whose `uri` is absolute, as whoever opens the files needs it."""
    uri = record.get("uri")
    if uri and "://" not in uri:
        return {**record, "uri": str(root / uri)}
    return dict(record)
