"""Widgets where no page is: a headless run and a plain IPython terminal get a text, and nothing waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.projects import cell, notebook, write_project
from workbench.notebook_file import read_notebook
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space
from workbench.widgets.shown import VIEW
from workbench.workspace import open_workspace

_PATIENCE = 120.0
_TERMINAL = """
import workbench as wb
wb.widgets.Runs()
wb.widgets.Compare(*[run.id for run in wb.widgets.Runs().find()])
wb.widgets.Profile("table", against="previous")
wb.widgets.RunPipeline(parameters={"fit.rate": 0.5})
print("at the end")
"""
_TOLD = ("2 runs.", "What came of it:", "table version 2: 300 rows", "fit.rate = 0.5 (declared: 0.05)")


def test_a_plain_terminal_prints_useful_texts(ran: tuple[Path, str, str], tmp_path: Path) -> None:
    """Each in a line of its own, without an error, to the end."""
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"],
        input=_TERMINAL,
        cwd=ran[0],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for told in (*_TOLD, "at the end"):
        assert told in done.stdout
    assert "Error" not in done.stdout


def test_a_headless_run_keeps_texts_and_no_views(tmp_path: Path) -> None:
    """A dataset that is not committed yet is an error of the notebook's own, as anywhere."""
    shown: list[str | dict[str, object]] = [
        "wb.widgets.Runs()",
        "wb.widgets.RunPipeline()",
        cell("wb.widgets.Profile('table')", "raises-exception"),
    ]
    made = notebook("import workbench as wb\nstage = wb.stage('look')", *shown)
    root = write_project(tmp_path / "shop", {"look": {"notebook": made}}, runner="warm = false\n")
    with open_workspace(root) as workspace:
        state = workspace.run()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        executed = read_notebook(Space(state.entries["look"].attempts[-1].folder).notebook)
    outputs = [output for made in executed["cells"] for output in made.get("outputs", [])]
    assert [output["output_type"] for output in outputs] == ["execute_result", "execute_result", "error"]
    assert all(VIEW not in output.get("data", {}) for output in outputs)
    texts = ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs]
    assert "1 run." in texts[0]
    assert "running" in texts[0]
    assert "Pipeline main: look" in texts[1]
    assert "no dataset named 'table'" in outputs[2]["evalue"]
    assert "widgets" not in executed["metadata"]
