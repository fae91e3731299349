"""A stage that failed is opened on its own inputs, mended in the project's notebook, and the run goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.projects import cell, notebook, write_notebook, write_project
from workbench.errors import UsageError
from workbench.pipeline.opening import close_stage
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import RecordingReporter
from workbench.workspace import open_workspace

HEAD = "import workbench as wb\nstage = wb.stage('{}')"
MAKE = "import pandas as pd\nstage.save('table', pd.DataFrame({'x': [1, 2, rows]}))"
BROKEN = "table = stage.load('table')\nstage.save('sum', {'sum': int(table['y'].sum()), 'factor': factor})"
MENDED = BROKEN.replace("'y'", "'x'")
TELL = "stage.log_metrics({'sum': stage.load('sum')['sum']})"


def stages(broken: str = BROKEN) -> dict[str, dict[str, Any]]:
    return {
        "make": {
            "notebook": notebook(HEAD.format("make"), MAKE, parameters="rows: int = 3"),
            "outputs": ["table"],
        },
        "add": {
            "notebook": notebook(HEAD.format("add"), broken, parameters="factor: int = 1"),
            "inputs": ["table"],
            "outputs": ["sum"],
        },
        "tell": {"notebook": notebook(HEAD.format("tell"), TELL), "inputs": ["sum"]},
    }


def mend(root: Path, source: str = MENDED) -> None:
    made = notebook(HEAD.format("add"), source, parameters="factor: int = 1")
    write_notebook(root / "notebooks" / "add.ipynb", made)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_project(tmp_path / "shop", stages())


def failed_run(root: Path, overrides: Mapping[str, Mapping[str, str]] | None = None) -> str:
    with open_workspace(root) as workspace:
        state = workspace.run(overrides=overrides)
    assert state.outcome is Outcome.FAILED
    return state.run


def test_a_failed_stage_opens_as_the_projects_notebook_and_says_where_it_failed(shop: Path) -> None:
    """Nothing is copied: what is mended is what a resumed run executes."""
    run = failed_run(shop, {"add": {"factor": "5"}})
    with open_workspace(shop) as workspace:
        opened = workspace.open(run)
    assert opened.notebook == shop / "notebooks" / "add.ipynb"
    assert opened.pin.failed is not None
    assert opened.pin.failed.cell == 4
    assert opened.pin.failed.line == "table = stage.load('table')"
    assert "KeyError" in opened.pin.failed.error
    assert opened.pin.given == {"factor": 5}
    assert opened.url_path(shop) == "notebooks/add.ipynb#cell-id=cell-3"
    assert f"workbench resume {run}" in json.dumps(opened.to_dict())


def test_a_session_on_an_opened_stage_reads_that_runs_inputs_and_parameters(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even when a newer run has made the input anew; without a pin it reads the newest."""
    run = failed_run(shop, {"add": {"factor": "5"}})
    failed_run(shop, {"make": {"rows": "9"}})
    with open_workspace(shop) as workspace:
        newest = workspace.stage("add", {"factor": 1})
        workspace.open(run, "add")
        variables: dict[str, Any] = {"factor": 1}
        stage = workspace.stage("add", variables)
        named = workspace.stage("add", {"factor": 1}, run=run)
    assert list(newest.load("table")["x"]) == [1, 2, 9]
    assert list(stage.load("table")["x"]) == [1, 2, 3]
    assert list(named.load("table")["x"]) == [1, 2, 3]
    assert variables["factor"] == 5
    assert stage.as_of == run
    assert f"workbench resume {run}" in capsys.readouterr().out


def test_a_run_goes_on_from_the_mended_notebook_without_redoing_what_succeeded(shop: Path) -> None:
    """The record says what was mended, line by line, and by whom; the session is let go."""
    run = failed_run(shop, {"add": {"factor": "5"}})
    with open_workspace(shop) as workspace:
        opened = workspace.open(run)
        mend(shop)
        state = workspace.resume(run)
        committed = workspace.catalog.current("sum")
    assert state.outcome is Outcome.SUCCEEDED
    assert [len(state.entries[name].attempts) for name in ("make", "add", "tell")] == [1, 2, 1]
    assert state.metrics["tell/sum"] == 6
    assert committed is not None
    (resumption,) = state.resumptions
    assert resumption.actor
    assert list(resumption.mended) == ["add"]
    assert any("cell 4 changed" in reason for reason in resumption.mended["add"]["reasons"])
    assert any(line.startswith("- ") and "'y'" in line for line in resumption.mended["add"]["lines"])
    assert any(line.startswith("+ ") and "'x'" in line for line in resumption.mended["add"]["lines"])
    assert state.entries["add"].parameters == {"factor": 5}
    assert not opened.written.exists()


def test_an_earlier_stage_that_changed_too_is_kept_and_said(shop: Path) -> None:
    """The result of this run stands, and whoever goes on is told; with `redo` it is made anew."""
    run = failed_run(shop)
    made = notebook(HEAD.format("make"), MAKE + "\nprint('new')", parameters="rows: int = 3")
    write_notebook(shop / "notebooks" / "make.ipynb", made)
    reporter = RecordingReporter()
    with open_workspace(shop) as workspace:
        state = workspace.resume(run, reporter=reporter)
        assert state.outcome is Outcome.FAILED
        assert len(state.entries["make"].attempts) == 1
        assert "make" in state.resumptions[-1].kept
        warnings = [call[1] for call in reporter.calls if call[0] == "warning"]
        assert any("make has changed since" in text for text in warnings)
        mend(shop)
        state = workspace.resume(run, redo=True)
    assert state.outcome is Outcome.SUCCEEDED
    assert len(state.entries["make"].attempts) == 2


def test_a_project_that_was_moved_shows_its_own_files(shop: Path) -> None:
    """The ledger says where they were; what lies there by now may be another project's."""
    run = failed_run(shop)
    moved = shop.rename(shop.with_name("moved"))
    shutil.copytree(moved, shop)
    other = shop / ".workbench" / "runs" / run / "add" / "1" / "notebook.ipynb"
    other.write_text(other.read_text().replace("table", "elbat"))
    with open_workspace(moved) as workspace:
        opened = workspace.open(run)
        assert opened.pin.executed == str(moved / other.relative_to(shop))
        assert opened.pin.failed is not None
        assert opened.pin.failed.line == "table = stage.load('table')"
        mend(moved)
        state = workspace.resume(run)
    assert state.outcome is Outcome.SUCCEEDED
    assert "elbat" not in json.dumps(state.to_dict()["resumed"])


def test_a_run_that_is_gone_on_with_tells_which_of_its_stages_runs(shop: Path) -> None:
    """What was skipped before waits again, and has taken no time."""
    run = failed_run(shop)
    seen: list[dict[str, Any]] = []

    class Looking(RecordingReporter):
        def cell_started(self, *told: Any) -> None:
            super().cell_started(*told)
            with open_workspace(shop) as other:
                seen.append({e["name"]: e for e in other.show(run).to_dict()["stages"]})

    mend(shop)
    with open_workspace(shop) as workspace:
        workspace.resume(run, reporter=Looking())
    add, tell = seen[0]["add"], seen[0]["tell"]
    assert (add["outcome"], add["running"]) == (None, True)
    assert (tell["outcome"], tell["running"], tell["seconds"]) == (None, False, None)


def test_sessions_can_be_let_go_though_inputs_are_gone(shop: Path) -> None:
    """Closing opens nothing."""
    run = failed_run(shop)
    with open_workspace(shop) as workspace:
        workspace.open(run)
        shutil.rmtree(workspace.project.layout.data)
        state = workspace.show(run)
        assert close_stage(workspace.project, state, "add") == ("add", run)
        assert close_stage(workspace.project, state, "add") == ("add", "")
        assert workspace.stage("add").as_of == ""


def test_what_never_began_cannot_be_opened(shop: Path) -> None:
    """Nobody knows what it would have read; the message names what failed."""
    run = failed_run(shop)
    with open_workspace(shop) as workspace, pytest.raises(UsageError, match="never began") as caught:
        workspace.open(run, "tell")
    assert "workbench open" in caught.value.hint


def test_a_runs_stage_does_not_heed_a_run_named_in_the_notebook(tmp_path: Path) -> None:
    """The line that helped while mending does no harm when it stays."""
    code = "import workbench as wb\nstage = wb.stage('only', run='20200101-000000-aaaa')"
    root = write_project(tmp_path / "shop", {"only": {"notebook": notebook(code, cell("stage.run"))}})
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
