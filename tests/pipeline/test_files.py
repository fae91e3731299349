"""Files that a stage reads by itself count by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.errors import ConfigurationError
from workbench.pipeline.fingerprint import explain
from workbench.pipeline.request import Requests
from workbench.project import load_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one stage that reads a file and a folder."""
    made = write_project(
        tmp_path, {"report": {"notebook": notebook("1"), "files": ["data/orders.csv", "data/days"]}}
    )
    (made / "data/days").mkdir(parents=True)
    (made / "data/orders.csv").write_text("a\n1\n")
    (made / "data/days/monday.csv").write_text("b\n2\n")
    return made


def prepared(root: Path) -> object:
    return Requests(load_project(root)).prepared("report").fingerprint({})


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("data/orders.csv", "data/orders.csv"),
        ("data/days/monday.csv", "data/days"),
        ("data/days/new.csv", "data/days"),
    ],
)
def test_changed_content_makes_the_stage_stale_and_is_named(root: Path, path: str, named: str) -> None:
    """A file in a declared folder counts, and so does one that is new there."""
    before = prepared(root)
    (root / path).write_text("changed")
    (reason,) = explain(before, prepared(root))  # type: ignore[arg-type]
    assert reason.text == f"input {named}: content changed"


def test_the_same_bytes_written_again_change_nothing(root: Path) -> None:
    """Content decides, never a time stamp."""
    before = prepared(root)
    (root / "data/orders.csv").write_text("a\n1\n")
    assert prepared(root) == before


def test_a_file_that_is_not_there_is_an_error_before_anything_runs(root: Path) -> None:
    """It names the stage, the file and where to put it."""
    (root / "data/orders.csv").unlink()
    with pytest.raises(ConfigurationError, match=r"'report' reads the file data/orders.csv") as caught:
        prepared(root)
    assert caught.value.key == "stages.report.files"


@pytest.mark.parametrize("path", ["/etc/hosts", "../other.csv", ""])
def test_a_file_lies_inside_the_project(tmp_path: Path, path: str) -> None:
    """Another machine would not have it elsewhere."""
    made = write_project(tmp_path, {"report": {"notebook": notebook("1"), "files": [path]}})
    with pytest.raises(ConfigurationError, match="a path inside the project"):
        load_project(made)
