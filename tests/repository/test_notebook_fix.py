"""What `--fix` mends of the notebook rules, and what it leaves to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.notebook_rules import RULES, check, fix, main


def notebook(path: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    document = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def code(source: str, *tags: str, **metadata: Any) -> dict[str, Any]:
    held = {**({"tags": list(tags)} if tags else {}), **metadata}
    cell = {"cell_type": "code", "id": f"c{abs(hash(source)) % 1000}", "metadata": held, "source": source}
    return {**cell, "outputs": [], "execution_count": None}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source}


STAGE = code('import workbench as wb\n\nstage = wb.stage("train_model")\nrows = stage.load("sales")')
SAVE = code('stage.save("model", rows)')
TITLE = markdown("# Train\n\nReads `sales`; writes `model`.")


def cells(path: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return read


def test_a_title_is_made_of_the_stages_name_and_of_what_it_loads_and_saves(tmp_path: Path) -> None:
    """The opening line promises what the code does."""
    path = notebook(tmp_path / "a.ipynb", code("x: int = 1", "parameters"), STAGE, SAVE)
    assert fix(path) == ["title"]
    assert cells(path)[0]["source"] == "# Train model\n\nReads `sales`; writes `model`."
    assert check(path) == []


def test_a_title_without_its_line_keeps_its_words(tmp_path: Path) -> None:
    """Only the line is added."""
    path = notebook(
        tmp_path / "a.ipynb", markdown("# Ours\n\nWhy."), code("x: int = 1", "parameters"), STAGE, SAVE
    )
    fix(path)
    assert cells(path)[0]["source"] == "# Ours\n\nReads `sales`; writes `model`.\n\nWhy."


@pytest.mark.parametrize(
    ("first", "tagged", "count"),
    [
        ("from datetime import date\n\nlimit: int = 3\nday: date = date(2024, 1, 1)", 1, 3),
        ("limit = 3", 1, 3),
        ("rows = stage.load('sales')", 1, 4),
    ],
)
def test_the_cell_of_plain_assignments_becomes_the_parameters(
    tmp_path: Path, first: str, tagged: int, count: int
) -> None:
    """Where the first cell does more than assign literals, an empty one is put below the title."""
    path = notebook(tmp_path / "a.ipynb", TITLE, code(first), SAVE)
    assert fix(path) == ["parameters"]
    found = cells(path)
    assert len(found) == count
    assert found[tagged]["metadata"]["tags"] == ["parameters"]
    assert check(path) == []


def test_what_a_run_left_behind_goes(tmp_path: Path) -> None:
    """Injected parameters, results, papermill's marks, empty cells at the end; the code stays as it is."""
    ran = {**code("y = 1", papermill={"status": "completed"}), "execution_count": 3}
    injected = code("limit = 4", "injected-parameters")
    path = notebook(
        tmp_path / "a.ipynb",
        TITLE,
        code("limit: int = 3", "parameters"),
        injected,
        ran,
        code(""),
        code("  \n"),
        papermill={"duration": 3},
    )
    assert sorted(fix(path)) == ["ending", "noise", "parameters", "results"]
    assert [cell["source"] for cell in cells(path)] == [TITLE["source"], "limit: int = 3", "y = 1"]
    assert check(path) == []
    assert fix(path) == []


def test_a_notebook_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops the writing; a link stays a link, and half a character is kept."""
    path = notebook(
        tmp_path / "a.ipynb", TITLE, code("x: int = 1", "parameters"), code("'\\ud83d'"), code("")
    )
    path.write_text(path.read_text().replace("\\\\ud83d", "\\ud83d"))
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    before = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("no space")))
        with pytest.raises(OSError, match="no space"):
            fix(link)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.ipynb", "link.ipynb"]
    assert fix(link) == ["ending"]
    assert link.is_symlink()
    assert cells(path)[2]["source"] == "'\ud83d'"


def test_what_a_restarted_run_put_in_goes_too(tmp_path: Path) -> None:
    """It belongs to that run, as injected parameters do."""
    restart = code("stage.restore('made')", "injected-restart")
    path = notebook(tmp_path / "a.ipynb", TITLE, code("x: int = 1", "parameters"), restart, code("y = 1"))
    assert [breach.cell for breach in check(path)] == [3]
    assert fix(path) == ["parameters"]
    assert [cell["source"] for cell in cells(path)] == [TITLE["source"], "x: int = 1", "y = 1"]


def test_what_only_a_person_can_mend_is_named_still(tmp_path: Path) -> None:
    """A class, a cell that is too long: nothing is moved."""
    path = notebook(tmp_path / "a.ipynb", TITLE, code("x: int = 1", "parameters"), code("class A:\n    pass"))
    before = path.read_bytes()
    assert fix(path) == []
    assert path.read_bytes() == before
    assert [breach.rule for breach in check(path)] == ["class"]


def test_every_rule_has_a_name_and_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """`--rules` prints them."""
    assert main(["--rules"]) == 0
    printed = capsys.readouterr().out
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.name in printed and rule.purpose in printed for rule in RULES)
