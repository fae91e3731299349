"""A pipeline from code and from its view: refused, planned, run, stopped, told as `workbench show` does."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.projects import notebook, write_notebook, write_project
from tests.widgets.shop import fit, write_shop
from workbench.clock import system_clock
from workbench.errors import BusyError, ParameterError, UnknownNameError, UsageError
from workbench.ledger import open_leases
from workbench.pipeline.outcome import Outcome
from workbench.project import load_project
from workbench.widgets import RunPipeline
from workbench.widgets.run_pipeline.view import View

_PATIENCE = 90.0
_SHOW = "import sys; from workbench.cli.main import main; sys.exit(main())"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has not run yet; the test sits in it."""
    made = write_shop(tmp_path / "fresh")
    monkeypatch.chdir(made)
    return made


def shown(run: str) -> dict[str, Any]:
    """Return what `workbench show` says of a run."""
    command = [sys.executable, "-c", _SHOW, "show", run, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def view_of(widget: RunPipeline) -> View:
    """Return the view with its parts in hand."""
    made = View(widget, widget._asked, widget._planning, lambda: widget._watching)
    widget._redraw = made.redraw
    return made


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"parameters": {"fit.rate": 7}}, ParameterError, "greater than 0 and at most 1, but got 7"),
        ({"parameters": {"fit": {"kind": "fancey"}}}, ParameterError, "one of 'plain', 'fancy'"),
        ({"parameters": {"fit.rat": 0.5}}, ParameterError, "no parameter 'rat'"),
        ({"parameters": {"fitt.rate": 0.5}}, UnknownNameError, "no stage in pipeline 'main' named 'fitt'"),
        ({"pipeline": "mian"}, UnknownNameError, "no pipeline named 'mian'"),
        ({"until": "fitt"}, UnknownNameError, "named 'fitt'"),
    ],
)
def test_what_the_project_does_not_declare_is_refused_at_once(
    root: Path, arguments: dict[str, Any], kind: type[UsageError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        RunPipeline(**arguments)


def test_the_text_shows_the_form_and_the_plan_with_reasons(shop: tuple[str, str]) -> None:
    text = RunPipeline(parameters={"make.rows": 400}).text()
    assert "make.rows = 400 (declared: 200)   # how many" in text
    assert "● make would run: parameter rows: 300 → 400" in text
    assert "fit would run: parameter rate: 0.25 → 0.05; input table: will be made anew" in text
    assert "2 of 2 stages would run" in text


def test_a_bad_value_stands_beside_its_field_and_nothing_can_be_run(root: Path) -> None:
    widget = RunPipeline()
    view = view_of(widget)
    row = next(row for row in view._fields._rows if row.field.key == "fit.rate")
    row._input.value = "7"
    assert "greater than 0 and at most 1, but got 7.0" in row._note.value
    assert view._run.disabled
    assert "cannot stand" in view._plan.value
    with pytest.raises(ParameterError, match="fit: parameter 'rate'"):
        widget.run()
    row._input.value = "0.5"
    assert "declared: 0.05" in row._note.value
    assert not view._run.disabled
    until(lambda: "never committed before" in view._plan.value)


def test_values_given_in_code_show_in_the_form(root: Path) -> None:
    widget = RunPipeline()
    view = view_of(widget)
    widget.set({"fit.rate": 0.5, "fit.kind": "fancy"})
    values = {row.field.key: row._input.value for row in view._fields._rows}
    assert values == {"make.rows": "200", "fit.rate": "0.5", "fit.kind": "fancy"}
    with pytest.raises(ParameterError):
        widget.set({"fit.rate": 0.7, "fit.kind": "no"})
    assert widget._asked.request().parameters == {"fit": {"rate": "0.5", "kind": "fancy"}}


MANY = """
from datetime import date, datetime
from typing import Literal
must: Literal["a", "b"]
flag: bool
day: date = date(2013, 2, 28)
at: datetime = datetime(2013, 2, 28, 6)
count: int = 1
ready: bool = False
"""


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of one stage, with parameters of many types; two of them have no default."""
    stages: dict[str, dict[str, object]] = {"fit": {"notebook": notebook("pass", parameters=MANY)}}
    monkeypatch.chdir(write_project(tmp_path / "many", stages))


@pytest.mark.usefixtures("many")
def test_values_of_python_are_taken_as_they_are() -> None:
    """Dates and numbers of NumPy as a notebook holds them, and yes for true."""
    given = {
        "day": date(2013, 3, 1),
        "at": datetime.fromisoformat("2013-03-01"),
        "count": np.int64(3),
        "ready": "yes",
    }
    widget = RunPipeline(parameters={"fit": {"must": "b", "flag": np.bool_(True), **given}})
    inputs = {row.field.name: row._input.value for row in view_of(widget)._fields._rows}
    assert inputs == {
        "must": "b",
        "flag": "true",
        "day": date(2013, 3, 1),
        "at": "2013-03-01T00:00:00",
        "count": "3",
        "ready": "true",
    }
    assert widget._asked.request().parameters["fit"]["count"] == "3"


@pytest.mark.usefixtures("many")
def test_what_has_to_be_chosen_is_not_chosen_yet() -> None:
    """No value of such a parameter is shown before somebody has chosen it, and each can be."""
    widget = RunPipeline()
    rows = {row.field.name: row._input for row in view_of(widget)._fields._rows}
    assert (rows["must"].value, rows["flag"].value) == ("", "")
    assert {*widget._asked.problems} == {"fit.must", "fit.flag"}
    rows["must"].value, rows["flag"].value = "a", "false"
    assert widget._asked.request().parameters == {"fit": {"must": "a", "flag": "false"}}


def test_a_run_ends_as_workbench_show_says(root: Path) -> None:
    widget = RunPipeline(parameters={"fit.rate": 0.25})
    view, states = view_of(widget), []
    widget.observe(lambda change: states.append(change["new"]), "state")
    view._run.click()
    with pytest.raises(BusyError, match="goes on already"):
        widget.run()
    result = widget.wait(_PATIENCE)
    assert result is not None
    assert result.outcome is Outcome.SUCCEEDED
    assert states == ["starting", "running", "succeeded"]
    assert result.to_dict() == {**shown(widget.run_id), "started": result.to_dict()["started"]}
    assert result.entries["fit"].metrics["auc"] == 0.75
    assert widget.run_id in view._progress.value
    assert "✓ main succeeded" in widget.text()
    assert not view._run.disabled
    assert view._stop.disabled


def test_a_failed_stage_is_opened_mended_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure names cell and error; the stage before it is not run again."""
    root = write_shop(tmp_path / "mended", "raise ValueError('<b>no</b> rows')")
    monkeypatch.chdir(root)
    widget = RunPipeline()
    view = view_of(widget)
    assert view._open.layout.display == view._resume.layout.display == "none"
    widget.run()
    widget.wait(_PATIENCE)
    broken, text, page = widget.run_id, widget.text(), view._progress.value
    for told in ("fit, cell 5: ValueError: <b>no</b> rows", f"workbench open {broken} fit"):
        assert told in text
    assert "ValueError: &lt;b&gt;no&lt;/b&gt; rows" in page
    assert f"workbench show {broken} fit" in page
    assert view._open.layout.display is None
    view._open.click()
    assert "fit.ipynb" in view._opened.value
    assert "&lt;b&gt;no&lt;/b&gt; rows" in view._opened.value
    write_notebook(root / "notebooks" / "fit.ipynb", fit())
    view._resume.click()
    result = widget.wait(_PATIENCE)
    assert result is not None
    assert (result.outcome, result.run) == (Outcome.SUCCEEDED, broken)
    assert [len(entry.attempts) for entry in result.entries.values()] == [1, 2]
    assert view._resume.layout.display == "none"


def test_progress_tells_the_cell_and_stop_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_shop(tmp_path / "slow", "time.sleep(600)"))
    widget = RunPipeline()
    view = view_of(widget)
    with pytest.raises(UsageError, match="Nothing was started"):
        widget.stop()
    widget.run()
    until(lambda: "cell 5 of 5" in view._progress.value)
    assert "time.sleep(600)" in view._progress.value
    assert "cell 5 of 5  time.sleep(600)" in widget.text()
    assert widget.wait(0.0) is None
    view._stop.click()
    result = widget.wait(_PATIENCE)
    assert result is not None
    assert result.outcome is Outcome.INTERRUPTED
    assert widget.state == shown(widget.run_id)["outcome"] == "interrupted"


def test_a_run_that_never_begins_says_why(root: Path) -> None:
    """Somebody else was faster, between the check and the start of the process."""
    project = load_project(root)
    widget = RunPipeline()
    view = view_of(widget)
    with closing(open_leases(project.layout.ledger_url, system_clock())) as leases:
        lease = leases.acquire("pipeline/main", "another-run", timedelta(minutes=10))
        widget.run()
        with pytest.raises(UsageError, match="did not start") as refused:
            widget.wait(_PATIENCE)
        lease.release()
    assert "already running, as another-run" in refused.value.hint
    assert widget.state == "did not start"
    assert "another-run" in view._progress.value
    assert "another-run" in widget.text()


def test_two_quick_clicks_start_one_run_and_tell_of_nothing_wrong(root: Path) -> None:
    """The second arrives when the first has begun."""
    widget = RunPipeline()
    view = view_of(widget)
    view._run.click()
    view._run.click()
    assert view._trouble.value == ""
    until(lambda: widget.state == "running")
    widget.stop()
    assert widget.wait(_PATIENCE) is not None
