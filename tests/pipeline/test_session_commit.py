"""A person's result is recorded where a rerun is too dear: as what it is, from a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.sessions import Kernel
from tests.projects import notebook, write_notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

HEAD = "import workbench as wb\nstage = wb.stage('{}')"
MAKE = "stage.save('table', {'x': 3})"
DEAR = (
    "stage.save('result', {'twice': 2 * stage.load('table')['x'] * factor})\nstage.log_metrics({'twice': 2})"
)
READ = "stage.save('read', stage.load('result'))"
COMMIT = "recorded = stage.commit('two days of work')\nprint(recorded)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    stages = {
        "make": {"notebook": notebook(HEAD.format("make"), MAKE), "outputs": ["table"]},
        "dear": {
            "notebook": notebook(HEAD.format("dear"), "1 / 0", parameters="factor: int = 1"),
            "inputs": ["table"],
            "outputs": ["result"],
        },
        "read": {"notebook": notebook(HEAD.format("read"), READ), "inputs": ["result"], "outputs": ["read"]},
    }
    return write_project(tmp_path / "shop", stages)


@pytest.fixture
def kernel(root: Path) -> Iterator[Kernel]:
    found = Kernel(root / "notebooks")
    yield found
    found.end()


def test_a_sessions_result_becomes_a_run_that_others_go_on_from(root: Path, kernel: Kernel) -> None:
    """Opened where it broke, mended, recorded; the run goes on behind it, and all of it is marked."""
    with open_workspace(root) as workspace:
        broken = workspace.run(overrides={"dear": {"factor": "5"}})
        assert broken.outcome is Outcome.FAILED
        workspace.open(broken.run)
    cells = (HEAD.format("dear"), DEAR)
    mended = notebook(*cells, parameters="factor: int = 1")
    write_notebook(root / "notebooks" / "dear.ipynb", mended)
    kernel.run("factor: int = 1")
    told = kernel.run(cells[0])
    assert f"workbench resume {broken.run}" in told
    refused = kernel.run(COMMIT)
    assert "'result' was not saved in this session" in refused
    kernel.run(cells[1])
    said = kernel.run(COMMIT)
    assert "marked interactive" in said
    assert f"workbench resume {broken.run}" in said
    with open_workspace(root) as workspace:
        recorded = workspace.show("last")
        entry = recorded.entries["dear"]
        assert entry.interactive
        assert entry.parameters == {"factor": 5}
        assert entry.metrics == {"twice": 2}
        assert recorded.because == "two days of work"
        assert Path(entry.attempts[0].folder, "notebook.ipynb").exists()
        state = workspace.resume(broken.run)
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        assert state.entries["dear"].committed_by == recorded.run
        assert "workbench resume" not in kernel.run(COMMIT)
        read = workspace.catalog.current("read")
        assert read is not None
        assert read["interactive"] == entry.interactive
        assert workspace.run(overrides={"dear": {"factor": "5"}}).outcome is Outcome.REUSED


def test_a_result_of_cells_that_were_not_run_as_they_are_saved_is_never_taken_over(
    root: Path, kernel: Kernel
) -> None:
    """It is recorded with their numbers, and a run makes its own."""
    with open_workspace(root) as workspace:
        workspace.run(until="make")
    write_notebook(
        root / "notebooks" / "dear.ipynb", notebook(HEAD.format("dear"), DEAR, parameters="factor: int = 1")
    )
    kernel.run("factor: int = 1")
    kernel.run(HEAD.format("dear"))
    kernel.run(DEAR.replace("2 *", "3 *"))
    assert "Cells that were not run here as they are saved, before those below them: 4;" in kernel.run(COMMIT)
    with open_workspace(root) as workspace:
        state = workspace.run()
        assert state.entries["dear"].outcome is Outcome.SUCCEEDED
        made = workspace.catalog.current("read")
    assert made is not None
    assert "interactive" not in made


def write_dear(root: Path, *cells: str) -> None:
    """Make `dear` a notebook that works, and what it reads."""
    content = notebook(HEAD.format("dear"), *cells, parameters="factor: int = 1")
    write_notebook(root / "notebooks" / "dear.ipynb", content)
    with open_workspace(root) as workspace:
        assert workspace.run(until="make", force=True).outcome is Outcome.SUCCEEDED


def begin(kernel: Kernel) -> None:
    kernel.run("factor: int = 1")
    kernel.run(HEAD.format("dear"))


def test_a_mended_cell_counts_only_when_those_below_were_run_again(root: Path, kernel: Kernel) -> None:
    """What they saved came of the cell as it was; imports may be run again at any time."""
    write_dear(root, "twice = 3", "stage.save('result', {'twice': twice * stage.load('table')['x']})")
    with open_workspace(root) as workspace:
        cells = [c["source"] for c in workspace.prepared("dear", {"factor": 1}).own_cells]
    begin(kernel)
    kernel.run("twice = 2")
    kernel.run(cells[4])
    kernel.run("twice = 3")
    assert "before those below them: 4;" in kernel.run(COMMIT)
    kernel.run(cells[4])
    kernel.run(HEAD.format("dear"))
    said = kernel.run(COMMIT)
    assert "marked interactive" in said
    assert "before those below them" not in said


def test_what_was_made_with_other_parameters_is_not_recorded(root: Path, kernel: Kernel) -> None:
    """Those that the session began with count; where somebody changed one by hand, it says so."""
    write_dear(root, DEAR)
    begin(kernel)
    kernel.run(DEAR)
    kernel.run("factor: int = 2")
    assert "factor is 2, and was 1 when wb.stage('dear') was called" in kernel.run(COMMIT)
    kernel.run(HEAD.format("dear"))
    assert "'result' was made with other parameters" in kernel.run(COMMIT)
    kernel.run(DEAR)
    assert "marked interactive" in kernel.run(COMMIT)
    with open_workspace(root) as workspace:
        assert workspace.show("last").entries["dear"].parameters == {"factor": 2}


def test_a_parameter_that_the_notebook_itself_changes_is_recorded_as_it_was_given(
    root: Path, kernel: Kernel
) -> None:
    """As a run has it."""
    write_dear(root, "factor = factor * 10", DEAR)
    begin(kernel)
    kernel.run("factor = factor * 10")
    kernel.run(DEAR)
    assert "marked interactive" in kernel.run(COMMIT)
    with open_workspace(root) as workspace:
        assert workspace.show("last").entries["dear"].parameters == {"factor": 1}


def test_what_was_made_from_other_inputs_or_elsewhere_is_not_recorded(root: Path, kernel: Kernel) -> None:
    """Neither when the stage was opened anew on something newer, nor when another session saved over it."""
    write_dear(root, DEAR)
    begin(kernel)
    kernel.run(DEAR)
    newer = notebook(HEAD.format("make"), MAKE.replace("3", "4"))
    write_notebook(root / "notebooks" / "make.ipynb", newer)
    with open_workspace(root) as workspace:
        workspace.run(until="make")
    kernel.run(HEAD.format("dear"))
    assert "made from another 'table' than the session reads now" in kernel.run(COMMIT)
    kernel.run(DEAR)
    with open_workspace(root) as workspace:
        workspace.stage("dear").save("result", {"twice": "of another session"})
    assert "'result' was saved by another session since" in kernel.run(COMMIT)
    kernel.run(DEAR)
    kernel.run("stage.save('result', {'twice': float('nan')})")
    assert "could not be saved the last time, or was removed, so nothing is recorded" in kernel.run(COMMIT)


def test_in_a_run_a_commit_does_nothing_and_changes_nothing(tmp_path: Path) -> None:
    """The cell may stay where it was: it is no part of what decides."""
    made = notebook(HEAD.format("make"), MAKE)
    root = write_project(tmp_path / "shop", {"make": {"notebook": made, "outputs": ["table"]}})
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
        with_commit = notebook(HEAD.format("make"), MAKE, "stage.commit('why')")
        write_notebook(root / "notebooks" / "make.ipynb", with_commit)
        assert workspace.run().outcome is Outcome.REUSED
        state = workspace.run(force=True)
    assert state.outcome is Outcome.SUCCEEDED
    assert not state.entries["make"].interactive
