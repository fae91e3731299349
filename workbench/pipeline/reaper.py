"""Outlives a runner that was killed, to end what it left running; executed as a script of its own.

It waits for the end of its standard input. A runner that ends well writes a line first, and the reaper
goes quietly; a runner that vanished could not, and every process whose environment names a ticket of
its run is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path


def start_reaper(variable: str, prefix: str) -> subprocess.Popen[bytes]:
    """Start the process that outlives us; `release` it when all is well.

    Args:
        variable: the environment variable that marks our processes.
        prefix: what its value starts with for the processes of this run.
    """
    command = [sys.executable, "-I", "-S", __file__, variable, prefix]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def release(reaper: subprocess.Popen[bytes]) -> None:
    """Let the reaper go: nothing is left to be ended."""
    reaper.communicate(b"done\n")


def _reap(variable: str, prefix: str) -> None:
    mark = f"{variable}={prefix}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            marked = any(v.startswith(mark) for v in (folder / "environ").read_bytes().split(b"\0"))
            if marked:
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue


if __name__ == "__main__":
    if not sys.stdin.buffer.read():
        _reap(sys.argv[1], sys.argv[2])
