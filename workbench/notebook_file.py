"""A notebook file as plain JSON: read and checked for its shape, written whole; no notebook libraries."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import NotebookError

INJECTED_PARAMETERS, INJECTED_RESTART = "injected-parameters", "injected-restart"
INJECTED = frozenset({INJECTED_PARAMETERS, INJECTED_RESTART})
"""Tags of cells that are no part of a notebook: they are put into it when it is executed."""
_CELL_TYPES = ("code", "markdown", "raw")


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Return a notebook's cells, each one's source as one text.

    Raises:
        NotebookError: the file is missing or is not a notebook of format 4.
    """
    cells: list[dict[str, Any]] = read_notebook(path)["cells"]
    return cells


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook of format 4, each cell's source as one text, its metadata and tags in place.

    Raises:
        NotebookError: the file is missing or is not a notebook of format 4.
    """
    document = _parse(path, _read(path))
    if not isinstance(document, dict) or "nbformat" not in document:
        raise _invalid(path, "it has no key 'nbformat'")
    _check_format(path, document["nbformat"])
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise _invalid(path, "it has no list of cells")
    return {**document, "cells": [_cell(path, number, cell) for number, cell in enumerate(cells, start=1)]}


def notebook_text(document: Mapping[str, Any]) -> str:
    """Return a notebook as Jupyter writes it; half a surrogate pair, which UTF-8 cannot hold, is escaped."""
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, indent=1) + "\n"
    return text


def replace_file(path: Path, text: str) -> None:
    """Write a person's file so that, whatever happens, it is the old one or the new one; its mode stays.

    Raises:
        OSError: it cannot be written; the old one stays.
    """
    path = path.resolve()  # a link stays one
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotebookError(
            f"There is no notebook {path}.", hint="Correct the path.", path=str(path)
        ) from None
    except IsADirectoryError:
        raise NotebookError(
            f"Expected a notebook, but {path} is a folder.", hint="Name an .ipynb file.", path=str(path)
        ) from None
    except UnicodeDecodeError:
        raise _invalid(path, "it is not UTF-8 text") from None
    except OSError as error:
        raise NotebookError(
            f"The notebook {path} cannot be read: {error.strerror or error}.",
            hint="Check the path and its permissions.",
            path=str(path),
        ) from error


def _parse(path: Path, text: str) -> Any:
    if not text.strip():
        raise _invalid(path, "the file is empty")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _invalid(path, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _invalid(path, "it is nested too deeply") from None


def _check_format(path: Path, version: Any) -> None:
    if version == 4:
        return
    if version in (1, 2, 3):
        hint = f"Upgrade it: jupyter nbconvert --to notebook --inplace {path}"
    else:
        hint = "Save it again as format 4, from JupyterLab."
    raise NotebookError(
        f"The notebook {path} has format {version!r}, but only format 4 can be read.",
        hint=hint,
        path=str(path),
    )


def _cell(path: Path, number: int, cell: Any) -> dict[str, Any]:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
        raise _invalid(path, f"cell {number} is not a code, markdown or raw cell")
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        raise _invalid(path, f"the metadata of cell {number} is not an object")
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _invalid(path, f"the tags of cell {number} are not a list of texts")
    return {**cell, "metadata": metadata, "source": _source(path, number, cell.get("source", ""))}


def _source(path: Path, number: int, source: Any) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    raise _invalid(path, f"the source of cell {number} is neither a text nor a list of texts")


def _invalid(path: Path, reason: str) -> NotebookError:
    return NotebookError(
        f"{path} is not a valid notebook: {reason}.",
        hint="Open it in JupyterLab and save it again, or restore it from version control.",
        path=str(path),
    )
