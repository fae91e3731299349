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
    assert "Cells that were not run here as they are saved: 4" in kernel.run(COMMIT)
    with open_workspace(root) as workspace:
        state = workspace.run()
        assert state.entries["dear"].outcome is Outcome.SUCCEEDED
        made = workspace.catalog.current("read")
    assert made is not None
    assert "interactive" not in made


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
