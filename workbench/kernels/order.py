"""The order for one kernel: what a request says, and what the kernel takes over from who asked."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Order:
    """One kernel to be forked.

    Attributes:
        arguments: of `ipykernel_launcher`, the connection file among them.
        command: the whole command line that a cold kernel would have.
        environment: the kernel's, whole.
        folder: its working directory.
        watch: files that declare its environment.
        tied: whether the kernel ends when who asked for it ends.
        module: what it is in place of a kernel: a module whose `answer` is called; empty for a kernel.
        again: whether it takes the place of another, whose clients are about to connect anew.
        umask, limits, processors, nice: inherited by a cold kernel, so by a warm one.
    """

    arguments: tuple[str, ...]
    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    watch: tuple[str, ...] = ()
    tied: bool = True
    again: bool = False
    module: str = ""
    umask: int = 0o022
    limits: dict[str, tuple[int, int]] | None = None
    processors: tuple[int, ...] = ()
    nice: int = 0

    def to_message(self) -> dict[str, Any]:
        """Return the order as a message."""
        return asdict(self)


def order_of(message: Mapping[str, Any]) -> Order:
    """Return the order that a message holds."""
    lists = {key: tuple(value) for key, value in message.items() if isinstance(value, list)}
    return Order(**{**message, **lists})


def inherited() -> dict[str, Any]:
    """Return what a child of this process would inherit from it."""
    return {
        "umask": _umask(),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in _limits()},
        "processors": tuple(sorted(os.sched_getaffinity(0))),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
    }


def take_over(order: Order) -> None:
    """Make this process what a child of who asked would be."""
    os.umask(order.umask)
    for name, (soft, hard) in (order.limits or {}).items():
        with contextlib.suppress(OSError, ValueError, AttributeError):
            resource.setrlimit(getattr(resource, name), (soft, hard))
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, order.processors)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, order.nice)


def _limits() -> list[str]:
    return [name for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_OFILE"]


def _umask() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o022
