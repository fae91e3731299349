"""Content decides: what reruns after a change, and what the tool says of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import Workspace, open_workspace

BEGIN = "import workbench as wb\nstage = wb.stage('{}')"


def _stages() -> dict[str, dict[str, object]]:
    numbers = "import pandas as pd\nfrom pathlib import Path\n" + (
        "rows = pd.DataFrame({'x': [int(n) for n in Path('../numbers.txt').read_text().split()]})\n"
        "stage.save('numbers', rows)"
    )
    double = (
        "from scale import scaled\nrows = stage.load('numbers')\n"
        "rows['y'] = scaled(rows['x']) * factor\nstage.save('doubled', rows)"
    )
    total = "stage.save('total', {'sum': int(stage.load('doubled')['y'].sum())})"
    return {
        "numbers": {"notebook": notebook(BEGIN.format("numbers"), numbers), "outputs": ["numbers"]},
        "double": {
            "notebook": notebook(BEGIN.format("double"), double, parameters="factor: int = 2  # times"),
            "inputs": ["numbers"],
            "outputs": ["doubled"],
        },
        "total": {
            "notebook": notebook(BEGIN.format("total"), total),
            "inputs": ["doubled"],
            "outputs": ["total"],
        },
    }


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that has run once."""
    root = write_project(tmp_path_factory.mktemp("content") / "shop", _stages())
    (root / "numbers.txt").write_text("1 2 3")
    (root / "scale.py").write_text("from unit import ONE\n\n\ndef scaled(x):\n    return x * ONE\n")
    (root / "unit.py").write_text("ONE = 1\n")
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
    return root


@pytest.fixture
def root(ran: Path, tmp_path: Path) -> Path:
    """Return a copy of the project for one test to change."""
    shutil.copytree(ran, tmp_path / "shop")
    return tmp_path / "shop"


def _edit(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        path = root / "notebooks" / f"{name}.ipynb"
        content = json.loads(path.read_text())
        change(content)
        write_notebook(path, content)

    return edit


def _append(text: str, cell: int = -1) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["cells"][cell].update(source=content["cells"][cell]["source"] + text)


def _write(name: str, text: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / name).write_text(text)

    return write


HARMLESS = {
    "a comment": _edit("double", _append("\n# a remark")),
    "white space": _edit("double", _append("\n\n   ")),
    "an output": _edit("double", lambda c: c["cells"][-1].update(execution_count=7)),
    "metadata": _edit("double", lambda c: c["metadata"].update(author="somebody")),
    "a cell's id": _edit("double", lambda c: c["cells"][-1].update(id="renamed")),
    "markdown": _edit("double", _append(" and more", 0)),
    "a harmless tag": _edit("double", lambda c: c["cells"][-1]["metadata"].update(tags=["note"])),
    "a comment in a module": _write("unit.py", "# one\nONE = 1\n"),
}
STALE = {
    "a line": (_edit("double", _append("\nrows")), {"double": "cell 4"}),
    "a tag": (
        _edit("total", lambda c: c["cells"][-1]["metadata"].update(tags=["raises-exception"])),
        {"total": "raises-exception"},
    ),
    "a module": (_write("scale.py", "def scaled(x):\n    return x + 0\n"), {"double": "scale.py"}),
    "a module's module": (_write("unit.py", "ONE = 1.0\n"), {"double": "unit.py"}),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_changes_no_result_makes_nothing_stale(name: str, root: Path) -> None:
    """Outputs, metadata, comments and layout are not content."""
    HARMLESS[name](root)
    with open_workspace(root) as workspace:
        assert _stale(workspace) == {}


@pytest.mark.parametrize("name", STALE)
def test_a_change_makes_stale_what_it_changes_and_is_named(name: str, root: Path) -> None:
    """`why` names the cell, tag, module that changed; stages before it are reused."""
    change, expected = STALE[name]
    change(root)
    with open_workspace(root) as workspace:
        stale = _stale(workspace)
        for stage, text in expected.items():
            assert text in " ".join(reason.text for reason in workspace.why(stage).reasons)
    assert {stage for stage, action in stale.items() if action == "run"} == set(expected)


def test_a_parameter_reruns_its_stage_and_what_reads_its_changed_output(root: Path) -> None:
    """What is upstream stays; the run says which were reused."""
    with open_workspace(root) as workspace:
        state = workspace.run(overrides={"double": {"factor": "3"}})
        assert {name: entry.outcome for name, entry in state.entries.items()} == {
            "numbers": Outcome.REUSED,
            "double": Outcome.SUCCEEDED,
            "total": Outcome.SUCCEEDED,
        }
        back = workspace.run()
        assert back.outcome is Outcome.REUSED, "the old parameter's results are found again"


def test_the_same_output_again_stops_the_rerun_there(root: Path) -> None:
    """A changed line that changes no data makes its readers `maybe`, and then reuses them."""
    STALE["a line"][0](root)
    with open_workspace(root) as workspace:
        assert _stale(workspace) == {"double": "run", "total": "maybe"}
        state = workspace.run()
        assert state.entries["total"].outcome is Outcome.REUSED
        assert len(workspace.catalog.history("doubled")) == 1, "the same content is no new version"


def test_a_forced_run_makes_everything_again(root: Path) -> None:
    """--force executes each stage, and the same content still makes no new version."""
    (root / "numbers.txt").write_text("1 2 4")
    with open_workspace(root) as workspace:
        state = workspace.run(force=True)
        assert {entry.outcome for entry in state.entries.values()} == {Outcome.SUCCEEDED}
        assert [row.rows for row in workspace.catalog.history("numbers")] == [3, 3]
        total = workspace.stage("total").load("doubled")["y"].sum()
    assert total == 14


def test_deleted_data_is_made_again(root: Path) -> None:
    """A result whose files are gone is no result."""
    shutil.rmtree(root / ".workbench" / "data" / "doubled")
    with open_workspace(root) as workspace:
        assert _stale(workspace)["double"] == "run"
        assert "files are gone" in workspace.why("double").reasons[0].text
        assert workspace.run().outcome is Outcome.SUCCEEDED


def test_a_sweep_runs_each_combination_and_changes_nothing_current(root: Path) -> None:
    """One entry per combination; what is current stays."""
    with open_workspace(root) as workspace:
        before = workspace.catalog.current("doubled")
        state = workspace.sweep("double", grid={"factor": ["2", "5"]})
        assert [entry.parameters["factor"] for entry in state.entries.values()] == [2, 5]
        assert [entry.outcome for entry in state.entries.values()] == [Outcome.REUSED, Outcome.SUCCEEDED]
        again = workspace.sweep("double", grid={"factor": ["5"]})
        assert again.outcome is Outcome.REUSED, "a sweep finds its own earlier results"
        assert workspace.catalog.current("doubled") == before


def _stale(workspace: Workspace) -> dict[str, str]:
    return {step.stage: step.action for step in workspace.plan().steps if step.action != "reuse"}
