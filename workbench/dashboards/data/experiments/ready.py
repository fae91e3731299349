"""Loads what takes seconds to import while nobody waits for it yet."""

from __future__ import annotations

import importlib
import threading

_SLOW = ("sklearn.ensemble", "scipy.stats", "nbdime.diffing.notebooks", "pygments.lexers", "markdown_it")
_once = threading.Lock()


def get_ready() -> None:
    """Begin to load it in a thread of its own, once in a process."""
    if _once.acquire(blocking=False):
        threading.Thread(target=_load, name="dashboards experiments", daemon=True).start()


def _load() -> None:
    for name in _SLOW:
        importlib.import_module(name)
