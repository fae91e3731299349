"""Stages run in warm kernels, and lose nothing of what a run promises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.kernels.kernel import until
from tests.projects import notebook, write_project
from workbench.kernels.process import runs, started_at
from workbench.kernels.servers import servers
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import RecordingReporter
from workbench.workspace import open_workspace

LEAN = "[kernels]\nusual = false\n"
TELL = (
    "import os\nimport workbench as wb\nstage = wb.stage({name!r})\nstage.log_metric('parent', os.getppid())"
)
RUN = "from workbench.cli.main import main; main(['run', '--json'])"


def _project(root: Path, *, runner: str = "", more: str = "pass") -> Path:
    stages = {
        name: {"notebook": notebook(TELL.format(name=name), more), "timeout": "60s"}
        for name in ("one", "two")
    }
    return write_project(root, stages, extra=LEAN, runner=runner)


def test_a_run_forks_its_kernels_from_one_server(own_servers: Path, tmp_path: Path) -> None:
    """Every attempt's kernel is a child of it, and nobody is warned of anything."""
    reporter = RecordingReporter()
    with open_workspace(_project(tmp_path / "shop")) as workspace:
        state = workspace.run(reporter=reporter)
        parents = {workspace.show("last").entries[name].metrics["parent"] for name in ("one", "two")}
    assert state.outcome is Outcome.SUCCEEDED
    assert parents == {servers()[0].pid}
    assert [call for call in reporter.calls if call[0] == "warning"] == []


def test_what_is_reused_or_meant_to_be_cold_starts_no_server(own_servers: Path, tmp_path: Path) -> None:
    """Nothing for nothing."""
    with open_workspace(_project(tmp_path / "shop", runner="warm = false\n")) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
    settings = tmp_path / "shop" / "workbench.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("warm = false", ""), encoding="utf-8")
    with open_workspace(tmp_path / "shop") as workspace:
        assert workspace.run().outcome is Outcome.REUSED
    assert list(own_servers.iterdir()) == []


def test_where_it_is_not_possible_kernels_are_cold_and_that_is_said_once(
    own_servers: Path, tmp_path: Path
) -> None:
    """One line for the whole run, with the reason; the stages succeed."""
    own_servers.chmod(0o755)
    reporter = RecordingReporter()
    with open_workspace(_project(tmp_path / "shop")) as workspace:
        assert workspace.run(reporter=reporter).outcome is Outcome.SUCCEEDED
    told = [call[1] for call in reporter.calls if call[0] == "warning"]
    assert len(told) == 1
    assert told[0].startswith(f"kernels start cold: the folder {own_servers} is not private")


@pytest.mark.parametrize("server_too", [False, True], ids=["server alive", "server dead"])
def test_a_killed_runner_leaves_no_kernel(server_too: bool, own_servers: Path, tmp_path: Path) -> None:
    """Nor anything that the kernel has started in a session of its own."""
    more = """
    import subprocess
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    with open("pids", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()} {child.pid}\\n")
    while True:
        pass
    """
    root = _project(tmp_path / "shop", more=more, runner="parallel = 1\n")
    runner = subprocess.Popen([sys.executable, "-c", RUN], cwd=root, stdout=subprocess.DEVNULL)
    told = root / "notebooks" / "pids"
    until(lambda: told.exists() and told.read_text(encoding="utf-8").endswith("\n"), 60.0)
    kernel, server, child = map(int, told.read_text(encoding="utf-8").split())
    began = {pid: started_at(pid) for pid in (kernel, child)}
    assert "WORKBENCH_TICKET" in psutil.Process(kernel).environ()
    if server_too:
        os.kill(server, signal.SIGKILL)
    runner.kill()
    runner.wait()
    until(lambda: not any(runs(pid, at) for pid, at in began.items()))
