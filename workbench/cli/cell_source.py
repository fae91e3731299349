"""Reads the source of one cell from an executed notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def cell_source(notebook: str | Path | None, number: int | None) -> str | None:
    """Return a cell's source, None when the file or the cell is gone.

    Args:
        notebook: the executed notebook's file.
        number: the cell's, counted from 1 among all cells that were there before it failed; Papermill
            adds two more to point at the error.
    """
    if not notebook or not number:
        return None
    try:
        cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
        source = [cell for cell in cells if not _points_at_error(cell)][number - 1]["source"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return source if isinstance(source, str) else "".join(source)


def _points_at_error(cell: Mapping[str, Any]) -> bool:
    return "papermill-error-cell-tag" in cell.get("metadata", {}).get("tags", ())
