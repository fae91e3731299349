"""Bad input gets one clear message and the right exit code, and leaves nothing half-written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.projects import cell, notebook, write_notebook, write_project

STAGES = {
    "make": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('make')",
            "import pandas as pd\nstage.save('table', pd.DataFrame({'n': range(rows)}))",
            parameters="from typing import Annotated\nfrom workbench.parameters import Ge\n"
            "rows: Annotated[int, Ge(1)] = 3  # how many rows to make",
        ),
        "outputs": ["table"],
    },
    "use": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('use')", "stage.save('count', len(stage.load('table')))"
        ),
        "inputs": ["table"],
        "outputs": ["count"],
    },
}
MAKE, TOML = Path("notebooks/make.ipynb"), Path("workbench.toml")

Damage = Callable[[Path], object]


def _replaced(old: str, new: str) -> Damage:
    def damage(root: Path) -> None:
        text = (root / TOML).read_text(encoding="utf-8")
        assert old in text
        (root / TOML).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def _without_parameters(root: Path) -> None:
    write_notebook(root / MAKE, {**notebook(), "cells": [cell("rows = 3")]})


def _of_version_3(root: Path) -> None:
    write_notebook(root / MAKE, {"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0})


def _nothing(root: Path) -> None:
    """Leave the project as it is."""


CASES: dict[str, tuple[Damage, str, str, str, str]] = {
    "misspelt parameter": (_nothing, "run -p make.rosw=4", "ParameterError", "'rosw'", "'rows'"),
    "misspelt in the project": (
        _replaced('outputs = ["table"]', 'outputs = ["table"]\nparameters = { rosw = 4 }'),
        "run",
        "ParameterError",
        "stages.make.parameters in workbench.toml: there is no parameter 'rosw'",
        "'rows'",
    ),
    "out of range in the project": (
        _replaced('outputs = ["table"]', 'outputs = ["table"]\nparameters = { rows = 0 }'),
        "run",
        "ParameterError",
        "stages.make.parameters in workbench.toml: parameter 'rows' expects",
        "",
    ),
    "wrong type": (_nothing, "run -p make.rows=many", "ParameterError", "'many'", "rows"),
    "no whole number": (_nothing, "run -p make.rows=1.5", "ParameterError", "1.5", "rows"),
    "out of range": (_nothing, "run -p make.rows=0", "ParameterError", "got 0", ""),
    "no parameters cell": (_without_parameters, "run", "NotebookError", "'parameters'", "Tag one"),
    "missing notebook": (
        lambda root: (root / MAKE).unlink(),
        "run",
        "ConfigurationError",
        "make.ipynb",
        "",
    ),
    "no JSON": (lambda root: (root / MAKE).write_text("{"), "run", "NotebookError", "make.ipynb", ""),
    "no notebook": (lambda root: (root / MAKE).write_text("[1]"), "run", "NotebookError", "make.ipynb", ""),
    "old notebook": (_of_version_3, "run", "NotebookError", "make.ipynb", "nbconvert"),
    "unknown input": (
        _replaced('inputs = ["table"]', 'inputs = ["tabel"]'),
        "run",
        "ConfigurationError",
        "'tabel'",
        "'table'",
    ),
    "two writers": (
        _replaced('outputs = ["count"]', 'outputs = ["count", "table"]'),
        "run",
        "ConfigurationError",
        "'table'",
        "",
    ),
    "cycle": (
        _replaced('outputs = ["table"]', 'outputs = ["table"]\ninputs = ["count"]'),
        "run",
        "ConfigurationError",
        "make",
        "",
    ),
    "unknown key": (_replaced("inputs =", "inptus ="), "run", "ConfigurationError", "inptus", "'inputs'"),
    "no run of that id": (_nothing, "show 19990101-000000-abcd", "UnknownNameError", "19990101", ""),
    "nothing to resume": (_nothing, "resume 19990101-000000-abcd", "UnknownNameError", "19990101", ""),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose first run has succeeded; copied, never used itself."""
    root = write_project(tmp_path_factory.mktemp("whole") / "shop", STAGES)
    assert type_in(root, "run --json").code == 0
    return root


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_before_a_run_is_said_before_anything_starts(
    case: str, whole: Path, tmp_path: Path
) -> None:
    """One error line and a hint, exit code 2, no event, no file."""
    damage, line, kind, message, hint = CASES[case]
    root = Path(shutil.copytree(whole, tmp_path / "shop"))
    damage(root)
    before = _state(root)
    said = type_in(root, line)
    assert said.code == 2
    assert said.out == ""
    first, *more = said.err.splitlines()
    assert first.startswith("error: ")
    assert len(more) <= 1
    error = type_in(root, f"{line} --json").error
    assert (error["type"], error["exit_code"]) == (kind, 2)
    assert message in error["message"]
    assert hint in error["hint"]
    assert _state(root) == before


def _state(root: Path) -> dict[str, bytes]:
    files = (path for path in sorted((root / ".workbench").rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
