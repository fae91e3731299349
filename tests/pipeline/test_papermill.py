"""Papermill's own command line on a stage: alone it is a person's session, with our engine it is a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from tests.projects import notebook, write_notebook, write_project
from workbench.errors import ParameterError, RejectedError, UnknownNameError, WorkbenchError
from workbench.pipeline.interactive import interactive_ticket
from workbench.pipeline.space import Space
from workbench.workspace import open_workspace

PARAMETERS = """
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from workbench.parameters import Ge

day: date = date(2013, 1, 1)
share: Decimal = Decimal("0.1")
place: Path = Path("here")
rows: Annotated[int, Ge(1)] = 3
"""
WORK = """
assert rows != 7, "seven is refused"
if rows == 9:
    stage.reject("nine is too many")
stage.log_metrics({"rows": rows})
stage.save("out", [day.isoformat(), str(share), place.as_posix(), rows])
"""
STAGES = {
    "only": {
        "notebook": notebook("import workbench as wb\nstage = wb.stage('only')", WORK, parameters=PARAMETERS),
        "outputs": ["out"],
    }
}
GIVEN = ("-p", "day", "2013-02-01", "-p", "share", "0.25", "-p", "place", "data/a", "-p", "rows", "4")
SAVED = ["2013-02-01", "0.25", "data/a", 4]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one stage with typed parameters."""
    return write_project(tmp_path / "shop", STAGES)


def _papermill(root: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "papermill", "notebooks/only.ipynb", "out.ipynb", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    executed: dict[str, Any] = json.loads((root / "out.ipynb").read_text(encoding="utf-8"))
    return executed


def _execute(root: Path, engine: str | None, **parameters: Any) -> None:
    papermill.execute_notebook(
        str(root / "notebooks" / "only.ipynb"),
        str(root / "out.ipynb"),
        parameters=parameters,
        engine_name=engine,
        cwd=str(root / "notebooks"),
        progress_bar=False,
    )


def _events(root: Path) -> int:
    with open_workspace(root) as workspace:
        return workspace.ledger.head().position


def test_plain_papermill_is_a_person_s_session(root: Path) -> None:
    """What it passes as text or float gets its type; outputs go to the scratch space; no run is recorded."""
    executed = _papermill(root, *GIVEN)
    assert [cell["execution_count"] for cell in executed["cells"][1:]] == [1, 2, 3, 4]
    (scratch,) = (root / ".workbench" / "scratch").glob("*/only")
    assert Space(scratch).metrics() == {"rows": 4.0}
    assert json.loads((scratch / "outputs" / "out" / "value.json").read_text()) == SAVED
    assert _events(root) == 0


def test_a_new_session_begins_with_an_empty_log(root: Path) -> None:
    """What an earlier session logged and asked for is not taken for this one's; its outputs stay."""
    with open_workspace(root) as workspace:
        parts: Any = {
            "committed": workspace.catalog,
            "extension": workspace.extension,
            "clock": workspace.clock,
        }
        space = Space(interactive_ticket(workspace.project, "only", **parts).folder)
        space.add_metrics({"old": 1.0}, None, "2013-01-01T00:00:00+00:00")
        space.add_request({"kind": "proposal"})
        space.write_record("out", {"kind": "artifact"})
        interactive_ticket(workspace.project, "only", **parts)
    assert (space.metrics(), space.requests()) == ({}, [])
    assert list(space.records()) == ["out"]


def test_the_engine_records_a_run(root: Path) -> None:
    """With the same words: its parameters typed, and the executed notebook where Papermill writes it."""
    executed = _papermill(root, *GIVEN, "--engine", "workbench")
    with open_workspace(root) as workspace:
        (state,) = workspace.runs()
    entry = state.entries["only"]
    assert (str(state.outcome), state.pipeline) == ("succeeded", "stage only")
    assert entry.parameters == {"day": "2013-02-01", "share": "0.25", "place": "data/a", "rows": 4}
    assert entry.metrics == {"rows": 4.0}
    assert json.loads((root / entry.outputs["out"]["uri"] / "value.json").read_text()) == SAVED
    assert executed["metadata"]["workbench"]["run"] == state.run
    assert executed["metadata"]["papermill"]["input_path"] == "notebooks/only.ipynb"
    assert not (root / ".workbench" / "scratch").exists()


@pytest.mark.parametrize(
    ("engine", "error"),
    [(None, PapermillExecutionError), ("workbench", WorkbenchError)],
)
def test_a_failing_notebook_fails_papermill(root: Path, engine: str | None, error: type[Exception]) -> None:
    """The executed notebook is kept with its error, and the run, if there is one, has failed."""
    with pytest.raises(error, match="seven is refused"):
        _execute(root, engine, rows=7)
    assert "seven is refused" in (root / "out.ipynb").read_text(encoding="utf-8")
    with open_workspace(root) as workspace:
        assert [str(state.outcome) for state in workspace.runs()] == ([] if engine is None else ["failed"])


def test_a_gate_s_no_is_an_outcome_of_its_own(root: Path) -> None:
    """Rejected, with the reason, and nothing committed."""
    with pytest.raises(RejectedError, match=r"was rejected: nine is too many\."):
        _execute(root, "workbench", rows=9)
    with open_workspace(root) as workspace:
        (state,) = workspace.runs()
        assert workspace.catalog.current("out") is None
    assert str(state.outcome) == "rejected"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"rosw": 4}, "there is no parameter 'rosw'"),
        ({"rows": 0}, "at least 1, but got 0"),
        ({"rows": 1.5}, "expects a whole number"),
        ({"share": float("nan")}, "expects a decimal number"),
        ({"day": "tomorrow"}, "'day' expects a date"),
    ],
)
def test_wrong_parameters_start_no_run(root: Path, parameters: dict[str, Any], words: str) -> None:
    """The engine checks them as the workbench's command line does."""
    with pytest.raises(ParameterError, match=words):
        _execute(root, "workbench", **parameters)
    assert _events(root) == 0


def test_a_notebook_that_is_no_stage_is_refused_by_the_engine(root: Path) -> None:
    """By its name, with the nearest stage's notebook."""
    write_notebook(root / "notebooks" / "onyl.ipynb", notebook())
    with pytest.raises(UnknownNameError, match=r"onyl\.ipynb"):
        papermill.execute_notebook(
            str(root / "notebooks" / "onyl.ipynb"),
            None,
            engine_name="workbench",
            progress_bar=False,
        )
    assert _events(root) == 0
