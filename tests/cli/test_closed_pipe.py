"""A reader that goes away, as `head -1` does: what is told is lost, what is done is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.workspace import open_workspace

RUN = "import sys; from workbench.cli.main import main; sys.exit(main(sys.argv[1:]))"
STAGES = {
    name: {
        "notebook": notebook(
            f"import workbench as wb\nstage = wb.stage('{name}')", f"stage.save('out_{name}', '1')"
        ),
        "outputs": [f"out_{name}"],
    }
    for name in ("first", "second")
}


def _read_a_line(root: Path, *words: str) -> tuple[int, str, str]:
    """Type a command, close the pipe behind its first line; return its exit code, the line and the errors."""
    reading, writing = os.pipe()
    command = [sys.executable, "-c", RUN, *words]
    process = subprocess.Popen(command, cwd=root, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        line = pipe.readline()
    _, said = process.communicate(timeout=120)
    return process.returncode, line, said


def test_a_run_goes_on_to_its_end(tmp_path: Path) -> None:
    """In the threads that tell of cells, too; its exit code is its own."""
    root = write_project(tmp_path / "shop", STAGES)
    code, line, said = _read_a_line(root, "run")
    assert (code, said) == (0, "")
    assert "first, second" in line
    with open_workspace(root) as workspace:
        assert str(workspace.show("last").outcome) == "succeeded"


@pytest.mark.parametrize("words", [("runs", "--help"), ("plan",), ("plan", "--json"), ("audit", "export")])
def test_nothing_is_said_of_it(words: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever writes: Rich, print, or a buffer that is emptied last."""
    root = write_project(tmp_path / "shop", STAGES)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", RUN, *words]
    done = subprocess.run(
        command, cwd=root, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120, check=False
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_were_closed_before_are_nobody_to_tell(closed: str, tmp_path: Path) -> None:
    """As below a service manager that gives none."""
    root = write_project(tmp_path / "shop", STAGES)
    words = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", RUN, "runs"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
