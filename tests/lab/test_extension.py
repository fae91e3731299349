"""What the server answers about a notebook that was just saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.lab import extension


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A stage's notebook."""
    stages = {"make": {"notebook": notebook("import workbench as wb\nstage = wb.stage('make')")}}
    return write_project(tmp_path / "shop", stages) / "notebooks" / "make.ipynb"


@pytest.mark.parametrize("written", [0, 40])
def test_a_notebook_that_is_being_written_is_waited_for(
    saved: Path, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jupyter empties the file and fills it; in between nobody is told that it is damaged."""
    whole = saved.read_text()
    saved.write_text(whole[:written])
    monkeypatch.setattr("time.sleep", lambda _: saved.write_text(whole))
    assert extension._told(saved)["stage"] == "make"


def test_one_that_stays_damaged_is_an_error_in_words(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extension, "_PATIENCE", 0.0)
    saved.write_text("")
    told = extension._told(saved)
    assert told["stage"] is None
    assert "is not a valid notebook: the file is empty" in told["error"]
