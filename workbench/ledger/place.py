"""Which process on which machine: what a lease knows of its holder."""

from __future__ import annotations

import functools
import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_ENDED = ("Z", "X")


@dataclass(frozen=True)
class Place:
    """A process, and where it runs.

    Attributes:
        name: the same for processes that share monotonic time and can see one another.
        pid: the process.
        born: when it started, so that a later process of the same number is not taken for it.
    """

    name: str
    pid: int
    born: str

    def gone(self) -> bool:
        """Tell whether this process has ended; ask only in the place where it ran."""
        try:
            state, born = _stat(self.pid)
        except FileNotFoundError:
            return not _exists(self.pid)
        except OSError:
            return False
        return state in _ENDED or self.born not in ("", born)


def here() -> Place:
    """Return this process."""
    pid = os.getpid()
    try:
        born = _stat(pid)[1]
    except OSError:
        born = ""
    return Place(_name(), pid, born)


@functools.cache
def _name() -> str:
    """Return boot, host and process namespace: containers on one machine are apart."""
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink()
    except OSError:  # not Linux: no other process counts as seen from here
        return str(uuid.uuid4())
    return f"{boot} {socket.gethostname()} {namespace}"


def _stat(pid: int) -> tuple[str, str]:
    """Return a process's state and when it started, in ticks since the machine did."""
    # The command's name stands in parentheses and may hold anything, parentheses too.
    fields = (
        Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    )
    return fields[0], fields[19]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
