"""The fork server: one for each need, private, never stale, and gone when it is not needed."""

from __future__ import annotations

import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.kernels.kernel import LEAN, Kernel, until
from workbench.kernels.folder import Place, place_of, runtime_folder
from workbench.kernels.process import runs, started_at
from workbench.kernels.recipe import recipe_for
from workbench.kernels.refusal import Refusal
from workbench.kernels.servers import servers, start_server, stop_servers
from workbench.kernels.settings import KernelSettings
from workbench.kernels.start import connect
from workbench.kernels.warm import fork_kernel

COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "/nowhere/connection.json"]


def log_of(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.log"))


def test_it_is_renewed_when_the_declared_environment_changes(own_servers: Path, tmp_path: Path) -> None:
    """A new lock file, by content: the next kernel comes from a new server."""
    lock = tmp_path / "lock.txt"
    lock.write_text("pandas==2.2\n", encoding="utf-8")
    settings = replace(LEAN, watch=(str(lock),))
    with Kernel(settings):
        first = servers()[0].pid
    lock.touch()
    with Kernel(settings):
        assert servers()[0].pid == first
    lock.write_text("pandas==2.3\n", encoding="utf-8")
    with Kernel(settings) as kernel:
        assert kernel.cold is None
        assert servers()[0].pid != first
    until(lambda: started_at(first) == 0)
    assert "lock.txt has changed" in log_of(own_servers)


def test_needs_that_differ_get_servers_that_differ(own_servers: Path) -> None:
    """Two projects work side by side, each with the modules that it asked for."""
    one, two = replace(LEAN, preload=("colorsys",)), replace(LEAN, preload=("sndhdr_is_no_module",))
    with Kernel(one) as first, Kernel(two) as second:
        loaded = "'colorsys' in sys.modules"
        assert [k.value("import sys", loaded) for k in (first, second)] == [True, False]
    failures = [state.failures for state in servers()]
    assert sorted(failures, key=len) == [
        {},
        {"sndhdr_is_no_module": "ModuleNotFoundError: No module named 'sndhdr_is_no_module'"},
    ]


def test_variables_that_python_reads_when_it_starts_get_a_server_of_their_own() -> None:
    """PYTHONHASHSEED and the like cannot be given to a process that runs already."""
    plain = recipe_for({"A": "1"}, LEAN)
    assert recipe_for({"A": "2"}, LEAN).name == plain.name
    assert recipe_for({"PYTHONHASHSEED": "1"}, LEAN).name != plain.name
    seed = {"PYTHONHASHSEED": "1"}
    with Kernel(LEAN, environment=seed) as warm, Kernel(None, environment=seed) as cold:
        assert warm.value("x = hash('a')", "x") == cold.value("x = hash('a')", "x")


def test_however_many_ask_at_once_one_is_started(own_servers: Path) -> None:
    """A lock decides who starts it; the others find it there."""
    with ThreadPoolExecutor(8) as pool:
        pids = set(pool.map(lambda _: start_server(LEAN).pid, range(8)))
    assert len(pids) == 1
    assert log_of(own_servers).count("starts with") == 1


def test_nobody_else_can_reach_it(own_servers: Path) -> None:
    """The folder is 0700, the socket 0600, and a folder that is not private is not used."""
    start_server(LEAN)
    place = place_of(recipe_for(os.environ, LEAN).name)
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
    own_servers.chmod(0o755)
    with pytest.raises(Refusal, match="is not private"):
        runtime_folder()
    own_servers.chmod(0o700)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_is_turned_away_even_if_the_files_let_him_in(own_servers: Path) -> None:
    """The kernel vouches for who is on the other side."""
    start_server(LEAN)
    place = place_of(recipe_for(os.environ, LEAN).name)
    place.folder.chmod(0o711)
    place.socket.chmod(0o666)
    ask = f"""
import os, socket
os.setgroups([]); os.setgid(65534); os.setuid(65534)
asking = socket.socket(socket.AF_UNIX)
asking.connect({str(place.socket)!r})
print(asking.recv(9))
"""
    told = subprocess.run(
        [sys.executable, "-I", "-c", ask], cwd="/", capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "b''"
    place.folder.chmod(0o700)


ENDINGS: dict[str, tuple[KernelSettings, Callable[[Place, int], object], str]] = {
    "unused": (replace(LEAN, idle=0.1), lambda *_: None, "nobody used it"),
    "socket gone": (LEAN, lambda place, _: place.socket.unlink(), "its socket has vanished"),
    "too large": (replace(LEAN, memory=10**6), lambda *_: None, "it has grown to"),
    "told to": (LEAN, lambda *_: stop_servers(), "it was told to"),
    "a signal": (LEAN, lambda _, pid: os.kill(pid, signal.SIGTERM), "it was told to by SIGTERM"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_ends_when_it_should_and_says_why(ending: str, own_servers: Path) -> None:
    """Nothing of it is left but its log."""
    settings, cause, reason = ENDINGS[ending]
    place = place_of(recipe_for(os.environ, settings).name)
    with Kernel(settings) as kernel:
        server = kernel.value("import os", "os.getppid()")
        began = started_at(server)
        cause(place, server)
    until(lambda: not runs(server, began))
    assert reason in log_of(own_servers)
    assert connect(place) is None


def test_kernels_go_on_when_their_server_is_told_to_end(own_servers: Path) -> None:
    """It takes no more orders, and stays until its kernels have ended: it owes their exit codes."""
    with Kernel(LEAN) as kernel:
        stopped = stop_servers()[0]
        assert servers() == []
        assert kernel.value("x = 1", "x") == 1
        kernel.run("import os; os._exit(3)")
        assert kernel.exit_code() == 3
    until(lambda: started_at(stopped.pid) == 0)


def _asked(**changes: Any) -> Any:
    order = {"command": COMMAND, "environment": dict(os.environ), "folder": "/", "settings": LEAN}
    order |= {"patience": 0.3, **changes}
    return fork_kernel(order.pop("command"), order.pop("environment"), order.pop("folder"), **order)  # type: ignore[arg-type]


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "another program": ({"command": ["Rscript", "-e", "IRkernel::main()"]}, "its command is 'Rscript"),
    "another python": ({"command": ["/usr/bin/python3", *COMMAND[1:]]}, "its command is '/usr/bin/python3"),
    "no such folder": ({"folder": "/no/such/folder"}, "does not exist"),
    "into a pipe": ({"streams": (subprocess.PIPE, None)}, "into a pipe"),
    "long marks": ({"environment": {"WORKBENCH_TICKET": "x" * 40_000}}, "too long"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_forked_is_refused_with_a_reason(case: str) -> None:
    """Then a cold kernel is started, and whoever asked is told why."""
    order, reason = REFUSALS[case]
    with pytest.raises(Refusal, match=reason):
        _asked(**order)


def test_a_server_that_hangs_is_not_waited_for(own_servers: Path) -> None:
    """The refusal says what to do, and doing it helps."""
    hanging = start_server(LEAN)
    os.kill(hanging.pid, signal.SIGSTOP)
    with pytest.raises(Refusal, match="workbench kernels stop"):
        _asked()
    os.kill(hanging.pid, signal.SIGKILL)


def test_a_server_that_dies_while_it_loads_is_not_started_again_and_again(own_servers: Path) -> None:
    """Its log is named; `workbench kernels stop` lets it be tried again."""
    deadly = replace(LEAN, preload=("tests.kernels.deadly",))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with pytest.raises(Refusal):
        _asked(settings=deadly, environment=environment, patience=30.0)
    with pytest.raises(Refusal, match=r"died while it loaded its modules; its log: .*\.log"):
        _asked(settings=deadly, environment=environment)


def test_a_cold_kernel_says_why_in_one_line(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """It works like any other."""
    logging.getLogger("traitlets").propagate = True
    with Kernel(LEAN, environment={"WORKBENCH_TICKET": "x" * 40_000}, folder=tmp_path) as kernel:
        assert kernel.cold == "the variables WORKBENCH_… of its environment are too long"
        assert kernel.value("x = 6 * 7", "x") == 42
    told = [record.getMessage() for record in caplog.records if "cold" in record.getMessage()]
    assert told == [f"This kernel starts cold: {kernel.cold}."]
