"""The notebook rules: what they accept, what they name, what they mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.notebook_rules import MOST_CELLS, MOST_LINES, check, clear, main

TITLE = "# Train\n\nReads `features`; writes `candidate`."


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}


def code(text: str, *tags: str, **fields: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "c",
        "metadata": {},
        "outputs": [],
        "source": text,
    }
    return cell | ({"metadata": {"tags": list(tags)}} if tags else {}) | fields


PARAMETERS = code("seed: int = 0  # of every draw", "parameters")
STREAM = {"output_type": "stream", "name": "stdout", "text": "hello\n"}


def write(path: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    notebook = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    return path


def test_a_thin_notebook_breaks_no_rule(tmp_path: Path) -> None:
    """A title, one line on what is read and written, parameters and short cells are all it takes."""
    assert check(write(tmp_path / "a.ipynb", markdown(TITLE), PARAMETERS, code("x = 1"))) == []


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        ([markdown("## Train\n\nReads a; writes b."), PARAMETERS], 1, "starts with a title"),
        ([PARAMETERS, markdown(TITLE)], 1, "starts with a title"),
        ([markdown("# Train\n\nA model."), PARAMETERS], 1, "what it reads and writes"),
        ([markdown("# What it reads and writes"), PARAMETERS], 1, "what it reads and writes"),
        ([markdown(TITLE), code("seed = 0")], None, "no code cell is tagged `parameters`"),
        ([markdown(TITLE), PARAMETERS, PARAMETERS], 3, "a second cell"),
        ([markdown(TITLE), PARAMETERS, code("seed = 1", "injected-parameters")], 3, "injected by a run"),
        ([markdown(TITLE), PARAMETERS, code("x", outputs=[STREAM])], 3, "Clear them with --fix"),
        ([markdown(TITLE), PARAMETERS, code("x", execution_count=7)], 3, "Clear them with --fix"),
        ([markdown(TITLE), PARAMETERS, code("if True:\n    class Net:\n        pass")], 3, "class Net"),
        ([markdown(TITLE), PARAMETERS, code("%time\nclass Net:\n    pass")], 3, "class Net"),
        ([markdown(TITLE), PARAMETERS, code("x = 1\n" * (MOST_LINES + 1))], 3, "16 lines; at most 15"),
        ([markdown(TITLE), PARAMETERS] + [code("x = 1")] * (MOST_CELLS - 1), None, "13 cells; at most 12"),
    ],
)
def test_each_broken_rule_is_named_once_with_its_place(
    tmp_path: Path, cells: list[dict[str, Any]], cell: int | None, words: str
) -> None:
    """A breach names the notebook, the cell as a reader counts, and what to do."""
    path = write(tmp_path / "a.ipynb", *cells)
    breaches = check(path)
    assert [breach.cell for breach in breaches] == [cell]
    assert words in str(breaches[0])
    assert str(breaches[0]).startswith(str(path))


@pytest.mark.parametrize("lines", [MOST_LINES - 1, MOST_LINES])
def test_the_limits_themselves_are_allowed(tmp_path: Path, lines: int) -> None:
    """Twelve cells of fifteen lines are still in order."""
    cells = [code("x = 1\n" * lines)] * (MOST_CELLS - 2)
    assert check(write(tmp_path / "a.ipynb", markdown(TITLE), PARAMETERS, *cells)) == []


def test_a_tour_may_go_on(tmp_path: Path) -> None:
    """Its title is tagged; its cells are as short as any."""
    title = {**markdown(TITLE), "metadata": {"tags": ["tour"]}}
    assert check(write(tmp_path / "a.ipynb", title, PARAMETERS, *[code("x = 1")] * MOST_CELLS)) == []
    assert check(write(tmp_path / "b.ipynb", title, PARAMETERS, code("x = 1\n" * (MOST_LINES + 1))))


def test_the_word_class_in_a_string_is_no_class(tmp_path: Path) -> None:
    """Code is parsed, not searched."""
    path = write(tmp_path / "a.ipynb", markdown(TITLE), PARAMETERS, code('text = """\nclass of 2013\n"""'))
    assert check(path) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [3]}', '{"worksheets": []}'])
def test_a_file_that_is_no_notebook_is_one_breach(tmp_path: Path, text: str) -> None:
    """What cannot be read is named and neither crashes the check nor is rewritten."""
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    assert len(check(path)) == 1
    assert main(["--fix", str(path)]) == 1
    assert path.read_text() == text


def test_fixing_clears_results_and_nothing_else(tmp_path: Path) -> None:
    """Outputs, counts and widget state go; sources, tags and their order stay as they were."""
    clean = write(tmp_path / "clean.ipynb", markdown(TITLE), PARAMETERS, code("x = 'é'"))
    ran = code("x = 'é'", outputs=[STREAM], execution_count=3)
    path = write(tmp_path / "ran.ipynb", markdown(TITLE), PARAMETERS, ran, widgets={"state": {}})
    assert clear(path)
    assert json.loads(path.read_text()) == json.loads(clean.read_text())
    assert check(path) == []


def test_fixing_a_clear_notebook_does_not_touch_the_file(tmp_path: Path) -> None:
    """Not even its formatting: a commit hook must not make changes of its own."""
    path = write(tmp_path / "a.ipynb", markdown(TITLE), PARAMETERS)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4))
    before = path.read_bytes()
    assert not clear(path)
    assert path.read_bytes() == before


def test_the_command_checks_folders_and_leaves_checkpoints_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JupyterLab's own copies are nobody's notebooks."""
    (tmp_path / ".ipynb_checkpoints").mkdir()
    write(tmp_path / ".ipynb_checkpoints" / "a-checkpoint.ipynb", code("x"))
    write(tmp_path / "a.ipynb", markdown(TITLE), PARAMETERS)
    assert main([str(tmp_path)]) == 0
    write(tmp_path / "b.ipynb", markdown(TITLE))
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_a_check_of_nothing_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without notebooks is a mistake in the command, and said so."""
    assert main([str(tmp_path)]) == 2
    assert "no notebook" in capsys.readouterr().err
