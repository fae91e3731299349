"""Makes `/proc/PID/environ` of a forked kernel tell the kernel's environment, not the server's.

That file shows the memory in which the environment was handed to a process when it was executed. A
forked process shows its parent's for ever, and whoever looks there for the kernels of a run would find
none of them. So the server is started with one long variable that nobody reads, and each kernel
writes its own variables over it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "WORKBENCH_KERNELS_ROOM"
SIZE = 1 << 15
FIRST = "WORKBENCH_"  # these must fit; others follow while there is room


def filling() -> str:
    """Return the value that the server's variable is started with."""
    return "-" * (SIZE - len(NAME) - 1)


def marks_fit(environment: Mapping[str, str]) -> bool:
    """Tell whether the variables that processes are found by fit into the room."""
    return sum(len(each) for each in _entries(environment) if each.startswith(FIRST.encode())) < SIZE


@dataclass(frozen=True)
class Room:
    """Where the variable stands in this process's memory."""

    address: int

    @classmethod
    def find(cls) -> Room | None:
        """Return the room that this process was started with, None when it is not as expected.

        Call it before the environment is changed.
        """
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_void_p
        value = libc.getenv(NAME.encode())
        whole = f"{NAME}={filling()}".encode()
        if not value or whole not in Path("/proc/self/environ").read_bytes().split(b"\0"):
            return None
        address = value - len(NAME) - 1
        return cls(address) if ctypes.string_at(address) == whole else None

    def show(self, environment: Mapping[str, str]) -> None:
        """Write variables where others look for them."""
        content = b""
        for entry in _entries(environment):
            if len(content) + len(entry) < SIZE:
                content += entry
        ctypes.memset(self.address, 0, SIZE)
        ctypes.memmove(self.address, content, len(content))


def _entries(environment: Mapping[str, str]) -> list[bytes]:
    names = sorted(environment, key=lambda name: (not name.startswith(FIRST), name))
    return [f"{name}={environment[name]}\0".encode("utf-8", "surrogateescape") for name in names]
