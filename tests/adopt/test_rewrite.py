"""The stage's notebook: what is added, and that everything else stays byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.adopt.messy import NOTEBOOKS, adopted, code, write_messy
from tests.projects import cell
from workbench.adopt import notebook_diff, propose
from workbench.errors import NotebookError, UsageError
from workbench.notebook_rules import check
from workbench.project import load_project

ODD = 'x  =  (1 ,\n\t2)   # tabs, blanks\n\n\nprint( x )  ;  print("ä")  \n#   the end'


def test_cells_without_edits_keep_every_byte(root: Path) -> None:
    """Their formatting, comments, metadata and place."""
    odd = cell(ODD)
    odd["source"], odd["metadata"] = ODD, {"tags": ["keep"], "collapsed": True}
    proposal = adopted(root, odd, cell("some *text*", kind="markdown"), keep=frozenset({"x"}))
    kept = proposal.adopted["cells"][3:]
    assert [each["source"] for each in kept] == [ODD, "some *text*"]
    assert kept[0]["metadata"] == odd["metadata"]


def test_an_edit_changes_nothing_else_of_its_cell(root: Path) -> None:
    """Here one literal, in the quotes that it had."""
    source = "rows  =  pd.read_csv( 'data/orders.csv' )   # from Tom\nrows .head( )"
    proposal = adopted(root, "import pandas as pd", source, at="a.ipynb")
    assert code(proposal)[1] == source.replace("'data", "'../data")


@pytest.mark.parametrize(
    ("first", "title"),
    [
        (
            cell("# My report\n\nfor Tom", kind="markdown"),
            "# My report\n\nfor Tom\n\nReads nothing of the project; ",
        ),
        (cell("some words", kind="markdown"), "# Messy\n\nReads nothing of the project; "),
        ("print(1)", "# Messy\n\nReads nothing of the project; "),
    ],
)
def test_it_opens_with_a_title_and_what_it_reads_and_writes(root: Path, first: Any, title: str) -> None:
    """The title that is there stays; the notebook rules are kept."""
    proposal = adopted(root, first, "open('a.txt', 'w').write('a')")
    assert proposal.adopted["cells"][0]["source"] == f"{title}writes `a`."
    path = root / "new.ipynb"
    path.write_text(json.dumps(proposal.adopted))
    assert check(path) == []


def test_results_and_the_state_of_widgets_are_left_behind(root: Path) -> None:
    """So are parameters that a run had injected."""
    ran = cell("print(1)")
    ran |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}], "execution_count": 3}
    proposal = adopted(root, cell("n = 5", "injected-parameters"), ran)
    assert code(proposal) == ["print(1)"]
    assert all(not c.get("outputs") for c in proposal.adopted["cells"])


def test_names_that_the_notebook_has_already_are_not_taken_from_it(root: Path) -> None:
    """A notebook may have a `stage` and a `wb` of its own."""
    proposal = adopted(root, "stage = len('a')\nwb = len('b')\nopen('a.txt', 'w').write(str(stage + wb))")
    assert proposal.adopted["cells"][2]["source"] == 'import workbench\n\nstage_2 = workbench.stage("messy")'
    assert "stage_2.folder" in code(proposal)[0]


def test_a_cell_that_is_no_python_is_left_out_and_kept(root: Path) -> None:
    """Its text stays, with the tag that skips it."""
    proposal = adopted(root, "print(1)", "model.fit(X, y")
    made = proposal.adopted["cells"][-1]
    assert (made["source"], made["metadata"]["tags"]) == ("model.fit(X, y", ["skip-execution"])


def test_the_change_is_shown_by_nbdime(root: Path) -> None:
    """Cell by cell, with colours only for a terminal."""
    proposal = adopted(root, "import pandas as pd", "x = pd.read_csv('data/orders.csv')", at="a.ipynb")
    names = ("a.ipynb", "notebooks/a.ipynb")
    text = notebook_diff(proposal.original, proposal.adopted, names=names, colour=False)
    assert "-  x = pd.read_csv('data/orders.csv')\n+  x = pd.read_csv('../data/orders.csv')" in text
    assert "\x1b" not in text
    assert "\x1b" in notebook_diff(proposal.original, proposal.adopted, names=names, colour=True)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"nbformat": 3}, NotebookError, "format 3"),
        ({"metadata": {"kernelspec": {"language": "R"}}}, NotebookError, "written in r"),
        ({"cells": []}, NotebookError, "no code"),
        (
            {"cells": [cell("import workbench as wb\nstage = wb.stage('make')")]},
            UsageError,
            "a stage already",
        ),
    ],
)
def test_what_cannot_be_adopted_is_refused(
    root: Path, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    """Before anything is proposed."""
    path = write_messy(root / "a.ipynb", "print(1)")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(error, match=words):
        propose(path, load_project(root))


@pytest.mark.parametrize("name", sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")))
def test_the_originals_text_is_found_again_around_the_edits(root: Path, name: str) -> None:
    """Of the messy notebooks no line is lost but those that moved into parameters or became others."""
    path = root / name
    path.write_bytes((NOTEBOOKS / name).read_bytes())
    proposal = propose(path, load_project(root))
    before = {line for c in proposal.original["cells"] for line in c["source"].splitlines()}
    after = {line for c in proposal.adopted["cells"] for line in c["source"].splitlines()}
    lost = len(before - after) / len(before)
    assert lost < 0.35
