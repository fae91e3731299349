"""Notebook files read as plain JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import NotebookError
from workbench.notebook_file import read_cells, read_notebook


def _written(folder: Path, content: Any) -> Path:
    path = folder / "stage.ipynb"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def _cell(**keys: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": "", **keys}


def test_each_source_is_one_text(tmp_path: Path) -> None:
    """Whether the file keeps it as a text or as a list of lines."""
    cells = [
        _cell(source=["a = 1\n", "b = 2"]),
        _cell(source="c"),
        _cell(cell_type="markdown", source=["# T"]),
    ]
    path = _written(tmp_path, {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    assert [cell["source"] for cell in read_cells(path)] == ["a = 1\nb = 2", "c", "# T"]


def test_the_rest_of_the_document_is_kept(tmp_path: Path) -> None:
    """Metadata, tags, ids and outputs are as they stand in the file."""
    cell = _cell(id="abc", metadata={"tags": ["parameters"]}, outputs=[], execution_count=3, source="x")
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3"}},
        "cells": [cell],
    }
    assert read_notebook(_written(tmp_path, document)) == document


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("not json", "line 1, column 1"),
        ('{"nbformat": 4,\n "cells": [}', "line 2, column 12"),
        ("[" * 100_000, "nested too deeply"),
        ([], "no key 'nbformat'"),
        ({"cells": []}, "no key 'nbformat'"),
        ({"nbformat": 4}, "no list of cells"),
        ({"nbformat": 4, "cells": {}}, "no list of cells"),
        ({"nbformat": 4, "cells": ["x"]}, "cell 1 is not a code, markdown or raw cell"),
        ({"nbformat": 4, "cells": [_cell(), _cell(cell_type="heading")]}, "cell 2 is not"),
        ({"nbformat": 4, "cells": [_cell(source=5)]}, "the source of cell 1 is neither"),
        ({"nbformat": 4, "cells": [_cell(source=["a", 5])]}, "the source of cell 1 is neither"),
        ({"nbformat": 4, "cells": [_cell(metadata=[])]}, "the metadata of cell 1"),
        ({"nbformat": 4, "cells": [_cell(metadata={"tags": "parameters"})]}, "the tags of cell 1"),
    ],
)
def test_an_invalid_notebook_is_refused_with_the_place(tmp_path: Path, content: Any, message: str) -> None:
    """The message names the file and what is wrong in it; the hint says what to do."""
    path = _written(tmp_path, content)
    with pytest.raises(NotebookError) as caught:
        read_cells(path)
    assert message in caught.value.message
    assert str(path) in caught.value.message
    assert "JupyterLab" in caught.value.hint
    assert caught.value.path == str(path)


@pytest.mark.parametrize(
    ("version", "hint"),
    [(3, "jupyter nbconvert --to notebook --inplace"), (5, "format 4"), ("4", "format 4")],
)
def test_another_format_is_refused_with_the_way_to_convert_it(
    tmp_path: Path, version: Any, hint: str
) -> None:
    """Format 3 kept its cells in worksheets."""
    path = _written(tmp_path, {"nbformat": version, "worksheets": []})
    with pytest.raises(NotebookError, match="only format 4") as caught:
        read_cells(path)
    assert hint in caught.value.hint


def test_a_missing_notebook_a_folder_and_bytes_are_refused(tmp_path: Path) -> None:
    """Each in words of its own."""
    binary = tmp_path / "binary.ipynb"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, message in [
        (tmp_path / "none.ipynb", "There is no notebook"),
        (tmp_path, "is a folder"),
        (binary, "not UTF-8"),
        (binary / "below.ipynb", "cannot be read"),
    ]:
        with pytest.raises(NotebookError, match=message):
            read_cells(path)
