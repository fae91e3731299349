"""Nine ways for a notebook to end, and the outcome that the workbench reports for each."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from tests.projects import notebook, write_project
from workbench.pipeline.outcome import Outcome, combined
from workbench.workspace import open_workspace

STAGE = "import workbench as wb\nstage = wb.stage('only')"
ENDINGS = {
    "success": ("pass", Outcome.SUCCEEDED, ""),
    "exception": ("1 / 0", Outcome.FAILED, "ZeroDivisionError"),
    "exit zero": ("import sys; sys.exit(0)", Outcome.FAILED, "SystemExit"),
    "exit one": ("import sys; sys.exit(1)", Outcome.FAILED, "SystemExit"),
    "killed": ("import os; os.kill(os.getpid(), 9)", Outcome.KILLED, "SIGKILL"),
    "left": ("import os; os._exit(0)", Outcome.KILLED, "exit code 0"),
    "frozen": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", Outcome.TIMED_OUT, "frozen"),
    "endless": ("while True: pass", Outcome.TIMED_OUT, "timeout"),
    "refused": ("stage.reject('too weak')", Outcome.REJECTED, "too weak"),
}


COLD = "warm = false\n"
KERNELS = [
    *((ending, "") for ending in ENDINGS),
    *((e, COLD) for e in ("success", "killed", "left", "frozen")),
]


@pytest.mark.parametrize(("ending", "runner"), KERNELS)
def test_an_ending_gets_its_outcome_and_leaves_no_process(ending: str, runner: str, tmp_path: Path) -> None:
    """What is reported is what was observed, not what the notebook's file says."""
    code, outcome, reason = ENDINGS[ending]
    stages = {
        "only": {"notebook": notebook(STAGE, code), "timeout": "8s"},
    }
    root = write_project(tmp_path / "shop", stages, runner=runner)
    with open_workspace(root) as workspace:
        state = workspace.run()
        shown = workspace.show("last").to_dict()
    assert state.outcome is outcome
    assert shown["outcome"] == outcome.value
    assert shown["stages"][0]["outcome"] == outcome.value
    assert reason in shown["stages"][0]["reason"]
    assert _running_in(root) == []


def test_a_missing_declared_output_is_a_failure(tmp_path: Path) -> None:
    """A notebook that ran through without saving what it declares has failed."""
    root = write_project(tmp_path / "shop", {"only": {"notebook": notebook(STAGE), "outputs": ["table"]}})
    with open_workspace(root) as workspace:
        state = workspace.run()
    assert state.outcome is Outcome.FAILED
    assert "without saving its declared output 'table'" in state.reason


def test_finishing_early_is_a_success_and_runs_no_further_cell(tmp_path: Path) -> None:
    """`stage.finish` ends the notebook there, with its reason in the record."""
    cells = (STAGE, "stage.finish('nothing new today')", "1 / 0")
    root = write_project(tmp_path / "shop", {"only": {"notebook": notebook(*cells)}})
    with open_workspace(root) as workspace:
        state = workspace.run()
    assert state.outcome is Outcome.SUCCEEDED
    assert state.entries["only"].reason == "nothing new today"


def test_a_stage_that_fails_once_is_tried_again(tmp_path: Path) -> None:
    """Each try is an attempt of its own, kept with its own notebook."""
    flaky = """
    from pathlib import Path
    mark = Path("tried")
    first = not mark.exists()
    mark.touch()
    assert not first, "not yet"
    """
    stage = {"notebook": notebook(STAGE, flaky), "retries": 1, "retry_delay": "100ms"}
    root = write_project(tmp_path / "shop", {"only": stage})
    with open_workspace(root) as workspace:
        state = workspace.run()
    attempts = state.entries["only"].attempts
    assert [attempt.outcome for attempt in attempts] == [Outcome.FAILED, Outcome.SUCCEEDED]
    assert all((Path(attempt.folder) / "notebook.ipynb").exists() for attempt in attempts)


@pytest.mark.parametrize("runner", ["", COLD], ids=["warm", "cold"])
def test_what_a_stage_leaves_running_is_ended_with_it(runner: str, tmp_path: Path) -> None:
    """Even a grandchild in a session of its own does not outlive its attempt."""
    leave = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"
    root = write_project(tmp_path / "shop", {"only": {"notebook": notebook(STAGE, leave)}}, runner=runner)
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
    assert _running_in(root) == []


def test_the_worst_entry_decides_a_runs_outcome() -> None:
    """Reused counts as success; a rejection is less than a failure."""
    assert combined([Outcome.REUSED, Outcome.REUSED]) is Outcome.REUSED
    assert combined([Outcome.REUSED, Outcome.SUCCEEDED]) is Outcome.SUCCEEDED
    assert combined([Outcome.SUCCEEDED, Outcome.REJECTED, Outcome.SKIPPED]) is Outcome.REJECTED
    assert combined([Outcome.REJECTED, Outcome.FAILED]) is Outcome.FAILED


def _running_in(root: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            folder = process.cwd()
        except psutil.Error:
            continue
        if process.pid != os.getpid() and Path(folder).is_relative_to(root):
            found.append(" ".join(process.cmdline()))
    return found
