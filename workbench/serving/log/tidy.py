"""Keeps the files of a table few: many small ones of a day become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.serving.log.delta_log import DeltaLog

FILES = 24
"""A day with more small files than this is rewritten."""
_SMALL = 32 << 20
_AT_ONCE = 64 << 20
_KEEP_HOURS = 24


def tidy(log: DeltaLog) -> int:
    """Rewrite the days that have many small files; returns how many days it did.

    The same rows stand in the table before, during and after it. The files that were replaced stay for a day
    for those who are reading them.

    Raises:
        StorageError: the disk is full.
    """
    by_day: dict[str, list[tuple[str, int]]] = {}
    for path, size, day in log.files():
        if size < _SMALL:
            by_day.setdefault(day, []).append((path, size))
    crowded = {day: files for day, files in by_day.items() if len(files) > FILES}
    for day, files in crowded.items():
        some = _bounded(files)
        log.exchange(log.write(log.read([path for path, _ in some])), some, day)
    if crowded:
        log.vacuum(_KEEP_HOURS)
    return len(crowded)


def _bounded(files: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return as many of some files as fit into memory together."""
    total, taken = 0, []
    for path, size in sorted(files, key=lambda file: file[1]):
        total += size
        if total > _AT_ONCE:
            break
        taken.append((path, size))
    return taken
