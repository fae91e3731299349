"""A process that is nobody's child here: its identity, and whether it still runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def started_at(pid: int) -> int:
    """Return when a process began, in clock ticks since the machine's start; 0 when it runs no more.

    Together with the id this names a process for good: ids are given out again.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return 0 if fields[0] in ("Z", "X") else int(fields[19])


def command_lines() -> Iterator[tuple[int, list[str]]]:
    """Yield the id and the words of the command line of every process of this user."""
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and folder.stat().st_uid == os.getuid():
                yield int(folder.name), (folder / "cmdline").read_text(errors="replace").split("\0")
        except OSError:
            continue


def runs(pid: int, started: int) -> bool:
    """Tell whether the process that began then is still there."""
    return started != 0 and started_at(pid) == started
