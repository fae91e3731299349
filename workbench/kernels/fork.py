"""Forking, and what the two processes then know of each other."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from typing import Any

from workbench.kernels.line import Line
from workbench.kernels.order import Order


@dataclass
class Child:
    """A forked kernel, and the line to who asked for it."""

    pid: int
    line: Line | None
    requester: tuple[int, int]  # process id, and when it began
    tied: bool


@dataclass
class Fork:
    """What a kernel finds in its hands when it is forked."""

    order: Order
    line: Line
    requester: tuple[int, int]
    fresh: bool  # the workbench's own code has changed since it was loaded
    variables: dict[str, str]  # set by libraries when they were imported
    mask: set[Any]


def fork_process() -> int:
    """Fork; return 0 in the new process, and its id in the old one."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: they were counted
        return os.fork()
