"""Two runs are compared by what somebody changed; what came of that is told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.projects import cell, notebook, write_notebook, write_project
from workbench.cli.main import main
from workbench.errors import UnknownNameError
from workbench.pipeline.outcome import Outcome
from workbench.workspace import Workspace, open_workspace

HEAD = "import workbench as wb\nstage = wb.stage('{}')"
TAKE = "stage.save('taken', stage.load('orders'))"
FIT = """
taken = stage.load('taken')
total = int(taken['id'].sum()) * weight
stage.log_metrics({'total': total})
stage.save('fitted', {'total': total})
"""
TELL = "stage.save('told', {'of': stage.load('fitted')['total']})"
SOURCE = "[sources.orders]\nuri = 'orders.csv'\ncolumns = { id = 'int' }\nretries = 0\n"


def stages(fit: str = FIT, note: str = "Some words") -> dict[str, dict[str, Any]]:
    words = cell(note, kind="markdown")
    fitting = notebook(HEAD.format("fit"), words, fit, parameters="weight: int = 1")
    return {
        "take": {"notebook": notebook(HEAD.format("take"), TAKE), "inputs": ["orders"], "outputs": ["taken"]},
        "fit": {"notebook": fitting, "inputs": ["taken"], "outputs": ["fitted"]},
        "tell": {"notebook": notebook(HEAD.format("tell"), TELL), "inputs": ["fitted"], "outputs": ["told"]},
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write_project(tmp_path / "shop", stages(), extra=SOURCE)
    (root / "orders.csv").write_text("id\n1\n2\n")
    return root


def run(workspace: Workspace, **overrides: Any) -> str:
    state = workspace.run(**overrides)
    assert state.outcome is not None
    assert state.outcome.is_success
    return state.run


def test_one_cell_one_parameter_and_one_data_version_show_as_exactly_these_three(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metrics, and what later stages read and made, are consequences; words in Markdown are neither."""
    with open_workspace(shop) as workspace:
        old = run(workspace)
        (shop / "orders.csv").write_text("id\n1\n2\n4\n")
        changed = stages(FIT.replace("* weight", "* weight + 1"), note="Other words")["fit"]["notebook"]
        write_notebook(shop / "notebooks" / "fit.ipynb", changed)
        new = run(workspace, overrides={"fit": {"weight": "3"}})
        found = workspace.difference(old, new)
    changes = {(change.kind, change.entries, change.name) for change in found.difference.changes}
    assert changes == {
        ("data", ("take",), "orders"),
        ("code", ("fit",), "5"),
        ("parameter", ("fit",), "fit.weight"),
    }
    assert {c.text for c in found.difference.changes if c.kind == "data"} == {"input orders: 2 → 3 rows"}
    (cell_diff,) = found.cells["fit"]
    assert [line.text for line in cell_diff.lines if line.sign == "+"] == [
        "total = int(taken['id'].sum()) * weight + 1"
    ]
    assert found.texts == {"fit": 1}
    effects = {(effect.kind, effect.entry, effect.name) for effect in found.difference.consequences}
    assert effects == {
        ("data", "take", "taken"),
        ("data", "fit", "taken"),
        ("metric", "fit", "total"),
        ("data", "fit", "fitted"),
        ("data", "tell", "fitted"),
        ("data", "tell", "told"),
    }
    monkeypatch.chdir(shop)
    assert main(["diff", old, new, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["changes"]) == 3
    assert main(["diff", old, new]) == 0
    said = capsys.readouterr().out
    assert "+ total = int(taken['id'].sum()) * weight + 1" in said
    assert "parameter weight: 1 → 3" in said
    assert "fit/total" in said
    assert "differs in comments or text alone" in said


def test_a_run_that_reused_everything_differs_in_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stages were made elsewhere, and that is where their code is looked for."""
    with open_workspace(shop) as workspace:
        old = run(workspace)
        new = run(workspace)
        assert workspace.show(new).outcome is Outcome.REUSED
        found = workspace.difference(old, new)
        only = workspace.difference(old, new, "fit")
        with pytest.raises(UnknownNameError):
            workspace.difference(old, new, "fitt")
    assert found.difference.changes == only.difference.changes == ()
    assert found.difference.consequences == ()
    assert not found.cells
    monkeypatch.chdir(shop)
    assert main(["diff", old, "last"]) == 0
    assert "Nothing differs" in capsys.readouterr().out


def test_what_a_stage_makes_otherwise_of_the_same_is_a_change_of_its_own(tmp_path: Path) -> None:
    """A stage that draws by chance, or reads the world, is not hidden behind its readers."""
    chance = "import uuid\nstage.save('drawn', {'id': str(uuid.uuid4())})"
    read = "stage.save('seen', stage.load('drawn'))"
    made = {
        "draw": {"notebook": notebook(HEAD.format("draw"), chance), "outputs": ["drawn"]},
        "see": {"notebook": notebook(HEAD.format("see"), read), "inputs": ["drawn"], "outputs": ["seen"]},
    }
    root = write_project(tmp_path / "shop", made)
    with open_workspace(root) as workspace:
        old, new = run(workspace), run(workspace, force=True)
        found = workspace.difference(old, new).difference
    assert [(change.kind, change.entries, change.name) for change in found.changes] == [
        ("data", ("draw",), "drawn")
    ]
    assert "made of the same by the same code" in found.changes[0].text
    assert {(effect.entry, effect.name) for effect in found.consequences} == {
        ("see", "drawn"),
        ("see", "seen"),
    }


def test_a_run_that_failed_can_be_compared_by_what_it_tried(shop: Path) -> None:
    """What it ran is recorded though nothing was committed; how it ended is a consequence."""
    with open_workspace(shop) as workspace:
        old = run(workspace)
        broken = stages(FIT.replace("'id'", "'missing'"))["fit"]["notebook"]
        write_notebook(shop / "notebooks" / "fit.ipynb", broken)
        state = workspace.run()
        assert state.outcome is Outcome.FAILED
        found = workspace.difference(old, state.run)
        same = workspace.difference(state.run, state.run).difference
    (change,) = found.difference.changes
    assert (change.kind, change.entries, change.name) == ("code", ("fit",), "5")
    assert ("outcome", "fit") in {(e.kind, e.entry) for e in found.difference.consequences}
    assert "tell" in found.difference.unknown
    assert (same.changes, same.unknown) == ((), ())
