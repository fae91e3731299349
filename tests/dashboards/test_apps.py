"""The thin apps: what `workbench init` copies is what this repository has."""

from __future__ import annotations

from pathlib import Path

from workbench.dashboards.app.page import FOLDER, find_pages

ROOT = Path(__file__).parents[2]


def test_this_repository_has_the_apps_that_init_copies() -> None:
    copied = ROOT / "workbench" / "template" / "files" / FOLDER
    assert {f.name: f.read_text() for f in (ROOT / FOLDER).glob("*.py")} == {
        f.name: f.read_text() for f in copied.glob("*.py")
    }


def test_a_project_without_apps_has_the_usual_ones(tmp_path: Path) -> None:
    pages, broken = find_pages(tmp_path)
    assert not broken
    assert pages[0].path == "overview"


def test_a_page_of_the_projects_own_stands_beside_the_usual_ones_and_a_broken_one_is_named(
    tmp_path: Path,
) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "costs.py").write_text(
        "from workbench.dashboards.app.page import Page\n"
        "page = Page('costs', 'Costs', lambda store, person, location: None, order=0)\n"
    )
    (folder / "broken.py").write_text("page = None\n")
    pages, broken = find_pages(tmp_path)
    assert pages[0].path == "costs"
    assert "overview" in {page.path for page in pages}
    assert [Path(file).name for file in broken] == ["broken.py"]
