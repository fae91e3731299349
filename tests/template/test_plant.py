"""A new project: complete, named, and never over anybody's files."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from workbench.errors import StorageError, UsageError
from workbench.notebook_rules import check
from workbench.project import load_project
from workbench.template import plant
from workbench.template.repository import configure, git


def test_a_new_project_is_valid_and_bears_its_folders_name(tmp_path: Path) -> None:
    """With hidden files under their real names and nothing left to replace."""
    planted = plant(tmp_path / "corner shop")
    project = load_project(planted.folder)
    assert project.name == planted.name == "corner-shop"
    assert project.order() == ("sales", "train", "evaluate", "promote")
    assert {".gitignore", ".gitattributes", "README.md", "tests/test_features.py"} <= set(planted.files)
    texts = [(planted.folder / name).read_text() for name in planted.files]
    assert not [text for text in texts if "PROJECT_NAME" in text]


def test_its_notebooks_keep_the_rules(tmp_path: Path) -> None:
    """Thin, with one parameters cell, without outputs."""
    folder = plant(tmp_path / "shop").folder
    assert [str(breach) for path in (folder / "notebooks").glob("*.ipynb") for breach in check(path)] == []


def test_its_own_tests_and_types_are_in_order(tmp_path: Path) -> None:
    """They are run where a person would run them."""
    folder = plant(tmp_path / "shop").folder
    words = [[sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]]
    words += [[sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "demand"]]
    for command in words:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_overwritten_and_what_is_there_is_named(tmp_path: Path) -> None:
    """Nor is anything else written beside it."""
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    with pytest.raises(UsageError, match=r"holds already: README\.md\. Nothing was written"):
        plant(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "notes.txt"]


def test_a_folder_with_other_files_is_taken(tmp_path: Path) -> None:
    """They stay as they were."""
    (tmp_path / "notes.txt").write_text("mine")
    plant(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    """Here a file stands where the template has a folder."""
    (tmp_path / "notebooks").write_text("a file")
    with pytest.raises(StorageError, match="Nothing was kept"):
        plant(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notebooks"]


@pytest.mark.parametrize(("name", "words"), [("…", "can be named after"), ("file", "is a file")])
def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path, name: str, words: str) -> None:
    """A project's name has letters, digits, '-' and '_'."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=words):
        plant(tmp_path / name)


def test_git_shows_notebooks_through_nbdime_in_this_repository_only(tmp_path: Path) -> None:
    """A change of one cell is shown as that, not as JSON."""
    folder = plant(tmp_path / "shop").folder
    made = configure(folder)
    assert (made.root, made.made, made.nbdime) == (folder, True, True)
    assert "jupyternotebook" in (git(folder, "config", "--local", "--list") or "")
    git(folder, "add", ".")
    notebook = folder / "notebooks/02_train.ipynb"
    notebook.write_text(notebook.read_text().replace("shrinkage)", "shrinkage / 2)"))
    shown = subprocess.run(["git", "diff"], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert "model = fit(learn, shrinkage / 2)" in shown
    assert "nbdiff" in shown


def in_git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("place", ["shop", "all/shop"])
def test_what_papermill_leaves_does_not_show_and_edits_of_two_cells_merge(tmp_path: Path, place: str) -> None:
    """Also where the project lies below the root of its repository."""
    if "/" in place:
        subprocess.run(["git", "init", "--quiet", str(tmp_path / "all")], check=True)
    folder = plant(tmp_path / place).folder
    configure(folder)
    in_git(folder, "add", ".")
    in_git(folder, "commit", "--quiet", "-m", "begin")
    notebook = folder / "notebooks/02_train.ipynb"
    begun = notebook.read_text()
    in_git(folder, "checkout", "--quiet", "-b", "theirs")
    notebook.write_text(begun.replace("shrinkage)", "shrinkage / 2)"))
    in_git(folder, "commit", "--quiet", "-am", "theirs")
    in_git(folder, "checkout", "--quiet", "-")
    document = json.loads(begun)
    document["metadata"]["papermill"] = {"duration": 3.1, "exception": None}
    document["cells"][2]["metadata"]["papermill"] = {"duration": 0.1}
    notebook.write_text(json.dumps(document, indent=1) + "\n")
    assert "papermill" not in in_git(folder, "diff")
    document["cells"][0]["source"] = ["# Another title\n"]
    notebook.write_text(json.dumps(document, indent=1) + "\n")
    shown = in_git(folder, "diff")
    assert "Another title" in shown
    assert "papermill" not in shown
    in_git(folder, "commit", "--quiet", "-am", "ours")
    in_git(folder, "merge", "--quiet", "-m", "both", "theirs")
    merged = notebook.read_text()
    assert "Another title" in merged
    assert "shrinkage / 2)" in merged


def test_an_existing_repository_is_used_and_none_is_made_unasked(tmp_path: Path) -> None:
    """`--no-git` leaves a folder as it is; below a repository no second one is made."""
    alone = plant(tmp_path / "alone").folder
    assert configure(alone, make=False).root is None
    assert not (alone / ".git").exists()
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "all")], check=True)
    inside = plant(tmp_path / "all/shop").folder
    made = configure(inside)
    assert (made.root, made.made) == (tmp_path / "all", False)


def test_a_relative_folder_is_meant_from_where_one_stands(tmp_path: Path) -> None:
    """As every command takes paths."""
    with chdir(tmp_path):
        assert plant(Path("shop")).folder == tmp_path / "shop"
