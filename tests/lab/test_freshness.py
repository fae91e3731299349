"""What a saved notebook makes stale, why, and what rerunning would cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.projects import notebook, write_notebook, write_project
from workbench.errors import NotebookError, ParameterError
from workbench.lab.freshness import Freshness, freshness
from workbench.workspace import open_workspace


def _stage(name: str, work: str, parameters: str = "") -> dict[str, object]:
    return notebook(f"import workbench as wb\nstage = wb.stage('{name}')", work, parameters=parameters)


MAKE = "stage.save('numbers', {'n': count})"
SHOP: dict[str, dict[str, object]] = {
    "make": {"notebook": _stage("make", MAKE, "count: int = 3"), "outputs": ["numbers"]},
    "other": {"notebook": _stage("other", "stage.save('more', {})"), "outputs": ["more"]},
    "double": {
        "notebook": _stage("double", "stage.save('twice', {'n': 2 * stage.load('numbers')['n']})"),
        "inputs": ["numbers"],
        "outputs": ["twice"],
    },
    "tell": {
        "notebook": _stage("tell", "stage.log_metrics({'n': stage.load('twice')['n']})"),
        "inputs": ["twice"],
    },
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose pipeline has run once."""
    root = write_project(tmp_path_factory.mktemp("lab") / "shop", SHOP)
    with open_workspace(root) as workspace:
        assert workspace.run().outcome == "succeeded"
    return root


def _told(root: Path, name: str) -> Freshness:
    found = freshness(root / "notebooks" / f"{name}.ipynb")
    assert found is not None
    return found


def test_what_has_run_is_fresh(shop: Path) -> None:
    """Whatever its outputs and its execution counts say."""
    path = shop / "notebooks" / "make.ipynb"
    content = json.loads(path.read_text())
    content["cells"][-1] |= {"execution_count": 9, "outputs": []}
    write_notebook(path, content)
    assert _told(shop, "make").words == "make: fresh"


def test_a_changed_parameter_makes_stale_what_depends_on_it_and_nothing_else(shop: Path) -> None:
    """With the reason, the stages in their order, and the time that they took."""
    path = shop / "notebooks" / "make.ipynb"
    before = path.read_text()
    write_notebook(path, _stage("make", MAKE, "count: int = 4"))
    try:
        found = _told(shop, "make")
    finally:
        path.write_text(before)
    assert found.stale == ("make", "double", "tell")
    assert "count" in found.changes[0]
    assert "3 → 4" in found.words
    assert found.seconds is not None
    assert found.untimed == 0
    assert found.words.endswith(f"→ make, double, tell, about {found.seconds:.0f} s")


def test_what_stands_behind_a_stage_does_not_make_it_stale(shop: Path) -> None:
    """A change of the last stage costs the last stage."""
    path = shop / "notebooks" / "tell.ipynb"
    before = path.read_text()
    write_notebook(path, _stage("tell", "stage.log_metrics({'m': stage.load('twice')['n']})"))
    try:
        assert _told(shop, "tell").stale == ("tell",)
        assert _told(shop, "make").stale == ()
    finally:
        path.write_text(before)


def test_a_parameter_that_another_stage_lacks_is_not_told_of_this_one(tmp_path: Path) -> None:
    """A run is given it; the stage that lacks it says so."""
    late = _stage("late", "stage.log_metrics({'n': size})", "size: int")
    root = write_project(tmp_path / "shop", {"make": SHOP["make"], "late": {"notebook": late}})
    assert _told(root, "make").stale == ("make",)
    with pytest.raises(ParameterError, match="size"):
        _told(root, "late")


def test_a_notebook_that_is_no_stage_is_nobodys(shop: Path, tmp_path: Path) -> None:
    """In a project or outside of any."""
    for folder in (shop, tmp_path):
        write_notebook(folder / "scratch.ipynb", notebook("1 + 1"))
        assert freshness(folder / "scratch.ipynb") is None


def test_a_cell_that_cannot_be_read_is_an_error_in_words(shop: Path) -> None:
    """Half a line, saved in the middle of a thought."""
    path = shop / "notebooks" / "other.ipynb"
    before = path.read_text()
    write_notebook(path, _stage("other", "stage.save('more', {", "count: int ="))
    try:
        with pytest.raises(NotebookError):
            freshness(path)
    finally:
        path.write_text(before)


@pytest.mark.parametrize(
    ("seconds", "untimed", "said"),
    [
        (None, 1, "a → s, never run"),
        (38.2, 0, "a → s, about 38 s"),
        (95.0, 2, "a → s, about 1 min 35 s and 2 that never ran"),
    ],
)
def test_the_cost_is_told_as_people_tell_time(seconds: float | None, untimed: int, said: str) -> None:
    """Seconds below a minute, and what nobody knows is said."""
    assert Freshness("s", "main", ("a",), ("s",), seconds, untimed).words == said


def test_many_changes_are_counted() -> None:
    """A status bar has one line."""
    found = Freshness("s", "main", ("a", "b", "c", "d", "e"), ("s",), 1.0, 0)
    assert found.words == "a; b; c; 2 more → s, about 1 s"
