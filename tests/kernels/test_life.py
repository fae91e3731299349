"""A warm kernel lives and dies like a child process of who asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from tests.kernels.kernel import LEAN, Kernel, until
from workbench.kernels.process import runs, started_at
from workbench.kernels.servers import servers, start_server
from workbench.kernels.settings import KernelSettings

ENDS = {
    "a code of its own": ("import os; os._exit(3)", 3),
    "code zero": ("import os; os._exit(0)", 0),
    "killed": ("import os; os.kill(os.getpid(), 9)", -9),
    "a fault": ("import ctypes; ctypes.string_at(0)", -11),
    "terminated": ("import os; os.kill(os.getpid(), 15)", -15),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_kernels_end_is_reported_as_of_a_child(end: str) -> None:
    """Exit codes, and signals as negative numbers, come from the server that reaped it."""
    code, expected = ENDS[end]
    with Kernel(LEAN) as kernel:
        assert kernel.run(code) == {}
        assert kernel.exit_code() == expected
        assert kernel.manager.provisioner.exit_known


def test_a_crash_harms_nobody_else(own_servers: Path) -> None:
    """The server and the other kernels go on."""
    server = start_server(LEAN)
    with Kernel(LEAN) as other:
        with Kernel(LEAN) as crashing:
            crashing.run("import ctypes; ctypes.string_at(0)")
        assert other.value("x = 6 * 7", "x") == 42
    assert [(s.pid, s.served) for s in servers()] == [(server.pid, 2)]


FINISH = """
import atexit, mine, sys
class Late:
    def __del__(self): open("deleted", "w").write("deleted")
kept = Late()
opened = open("opened", "w"); opened.write("opened")
mine.kept.write("mine")
atexit.register(lambda: open("handled", "w").write("handled"))
"""


@pytest.mark.parametrize("settings", [None, LEAN], ids=["cold", "warm"])
def test_a_kernel_that_is_shut_down_finishes_its_work(
    settings: KernelSettings | None, tmp_path: Path
) -> None:
    """Exit handlers run, objects are deleted, and open files are flushed, in local modules too."""
    (tmp_path / "mine.py").write_text("kept = open('mine', 'w')\n", encoding="utf-8")
    with Kernel(settings, folder=tmp_path) as kernel:
        assert kernel.run(FINISH)["status"] == "ok"
        kernel.manager.request_shutdown()
        assert kernel.exit_code() == 0
    for name in ("deleted", "opened", "mine", "handled"):
        assert (tmp_path / name).read_text(encoding="utf-8") == name


def test_an_interrupt_stops_the_cell_and_not_the_kernel() -> None:
    """The cell ends with KeyboardInterrupt; what was defined before is kept."""
    with Kernel(LEAN) as kernel:
        asked = kernel.client.execute("x = 1\nimport time\nprint('on', flush=True)\ntime.sleep(600)")
        while kernel.client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == asked
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.value("y = x + 1", "y") == 2


@pytest.mark.parametrize("now", [True, False], ids=["at once", "in order"])
def test_a_restart_keeps_the_connection_and_nothing_else(now: bool) -> None:
    """The client that was connected goes on with the new kernel; it is another process."""
    with Kernel(LEAN) as kernel:
        before = kernel.pid
        assert kernel.value("x = 1", "x") == 1
        kernel.manager.restart_kernel(now=now)
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.cold is None
        assert kernel.pid != before
        assert kernel.value("import builtins", "'x' in globals()") is False


def test_a_crashed_kernel_can_be_started_again() -> None:
    """As a server of notebooks does when it finds the kernel dead."""
    with Kernel(LEAN) as kernel:
        kernel.run("import os; os._exit(1)")
        until(lambda: not kernel.manager.is_alive())
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.value("x = 1", "x") == 1


def test_a_kernel_outlives_its_server(own_servers: Path) -> None:
    """It works on; the next kernel gets a new server; only its exit code is not known."""
    server = start_server(LEAN)
    with Kernel(LEAN) as kernel:
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: started_at(server.pid) == 0)
        assert kernel.value("x = 6 * 7", "x") == 42
        with Kernel(LEAN) as next_one:
            assert next_one.cold is None
            assert servers()[0].pid != server.pid
        assert kernel.run("import os; os._exit(3)") == {}
        until(lambda: not kernel.manager.is_alive())
        assert not kernel.manager.provisioner.exit_known


ASK = """
    import os, signal, sys
    from tests.kernels.kernel import LEAN, Kernel
    kernel = Kernel(LEAN)
    kernel.client.execute("while True: pass")
    print(kernel.pid, flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("server_too", [False, True], ids=["server alive", "server dead"])
def test_a_kernel_ends_with_the_process_that_asked_for_it(server_too: bool, own_servers: Path) -> None:
    """Even one that is busy, and even when nobody is left to tell it."""
    server = start_server(LEAN)
    asker = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(ASK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert asker.stdout
    assert asker.stdin
    pid = int(asker.stdout.readline())
    began = started_at(pid)
    assert runs(pid, began)
    if server_too:
        os.kill(server.pid, signal.SIGKILL)
    asker.kill()
    asker.wait()
    until(lambda: not runs(pid, began))
    asker.stdin.close()
    asker.stdout.close()


def test_an_independent_kernel_does_not_end_with_who_asked(own_servers: Path) -> None:
    """`independent=True` means the same as for a cold kernel."""
    kernel = Kernel(LEAN, independent=True)
    kernel.manager.provisioner.process._hang_up()
    assert kernel.value("x = 1", "x") == 1
    kernel.__exit__()
    assert not psutil.pid_exists(kernel.pid) or psutil.Process(kernel.pid).status() == "zombie"
