"""Both the notebook and its declaration are written, or neither."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.adopt.messy import adopted
from tests.projects import cell
from workbench.adopt import Proposal, write
from workbench.adopt.declare import declared
from workbench.errors import ConfigurationError, ConflictError, UsageError
from workbench.notebook_file import read_cells
from workbench.project import load_project


def simple(root: Path, at: str = "report.ipynb") -> Proposal:
    return adopted(root, cell("# Report", kind="markdown"), "open('a.txt', 'w').write('a')", at=at)


def test_a_stage_and_a_pipeline_are_declared(root: Path) -> None:
    """The original stays as it was; the copy is what was proposed."""
    proposal = simple(root)
    original = (root / "report.ipynb").read_bytes()
    write(proposal)
    project = load_project(root)
    assert project.stage("report").outputs == ("a",)
    assert project.order("report") == ("report",)
    assert [c["source"] for c in read_cells(root / "notebooks/report.ipynb")] == [
        c["source"] for c in proposal.adopted["cells"]
    ]
    assert (root / "report.ipynb").read_bytes() == original


def test_comments_and_everything_else_of_the_file_stay(root: Path) -> None:
    """Lines are added; none is changed or lost."""
    file = root / "workbench.toml"
    file.write_text(f"# ours\n{file.read_text()}\n# the end\n")
    before = file.read_text().splitlines()
    write(simple(root))
    after = file.read_text().splitlines()
    assert [line for line in before if line not in after] == []
    assert "[stages.report]" in after


def test_a_bare_run_keeps_its_meaning(tmp_path: Path) -> None:
    """The only pipeline is marked as the default when a second one comes."""
    (tmp_path / "a.ipynb").write_text("{}")
    text = '[project]\nname = "p"\n\n[stages.a]\nnotebook = "a.ipynb"\n\n'
    text += '[pipelines.all] # both\nstages = ["a"]\n'
    (tmp_path / "workbench.toml").write_text(text)
    project = load_project(tmp_path)
    keys = {"notebook": "a.ipynb", "inputs": []}
    made = declared(text, project, stage="b", pipeline="b", keys=keys, inputs=())
    assert '[pipelines.all] # both\nstages = ["a"]\ndefault = true\n' in made
    (tmp_path / "workbench.toml").write_text(made)
    assert load_project(tmp_path).pipeline().name == "all"


def test_a_project_without_stages_gets_its_first(tmp_path: Path) -> None:
    """The tables are made."""
    (tmp_path / "workbench.toml").write_text('[project]\nname = "p"\n')
    made = declared(
        '[project]\nname = "p"',
        load_project(tmp_path),
        stage="b",
        pipeline="b",
        keys={"notebook": "b.ipynb"},
        inputs=(),
    )
    assert made == (
        '[project]\nname = "p"\n\n[stages.b]\nnotebook = "b.ipynb"\n\n[pipelines.b]\nstages = ["b"]\n'
    )


def test_a_notebook_among_the_stages_is_changed_in_place(root: Path) -> None:
    """There is no copy to keep apart."""
    proposal = simple(root, at="notebooks/report.ipynb")
    assert proposal.target == proposal.source
    write(proposal)
    assert "wb.stage" in (root / "notebooks/report.ipynb").read_text()


def test_what_a_person_has_to_do_first_is_not_passed_over(root: Path) -> None:
    """Nothing is written."""
    with pytest.raises(UsageError, match="which no cell makes"):
        write(adopted(root, "print(limit)"))
    assert not (root / "notebooks/messy.ipynb").exists()


@pytest.mark.parametrize("changed", ["workbench.toml", "notebooks/report.ipynb"])
def test_what_changed_since_is_not_written_over(root: Path, changed: str) -> None:
    """Somebody else was at work between the proposal and the yes."""
    proposal = simple(root)
    path = root / changed
    path.write_text(path.read_text() + "\n" if path.exists() else "mine")
    text = path.read_text()
    with pytest.raises(ConflictError, match="changed after"):
        write(proposal)
    assert path.read_text() == text


def test_a_declaration_that_is_refused_leaves_nothing_behind(root: Path) -> None:
    """The project is as it was before."""
    proposal = simple(root)
    wrong = dataclasses.replace(
        proposal, declared=proposal.declared.replace('outputs = ["a"]', "outputs = 5")
    )
    before = (root / "workbench.toml").read_text()
    with pytest.raises(ConfigurationError):
        write(wrong)
    assert (root / "workbench.toml").read_text() == before
    assert not (root / "notebooks/report.ipynb").exists()


def test_names_that_are_taken_are_refused_or_numbered(root: Path) -> None:
    """One that was asked for is refused; one made of the file's name gets a number."""
    with pytest.raises(UsageError, match="'make' already"):
        adopted(root, "print(1)", stage="make")
    assert adopted(root, "print(1)", at="Make.ipynb").stage == "make_2"
    (root / "notebooks/taken.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="is a notebook"):
        adopted(root, "print(1)", stage="taken")
