"""Finds modules that ask, while they are imported, which kernel they are in.

Those must not be loaded before there is one: Matplotlib's inline backend hooks itself into the kernel,
tqdm chooses between a bar of text and a widget, ipywidgets registers with the front end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def asking_modules() -> Iterator[set[str]]:
    """Collect the names of modules that call `get_ipython` while they are imported in this block."""
    import IPython
    from IPython.core import getipython

    original, found = getipython.get_ipython, set[str]()

    def get_ipython() -> Any:
        found.update(_importing(sys._getframe(1)))
        return original()

    IPython.get_ipython = getipython.get_ipython = get_ipython
    try:
        yield found
    finally:
        IPython.get_ipython = getipython.get_ipython = original


def unload(names: set[str]) -> None:
    """Forget modules with what is below them, so that the next import executes them again."""
    for name in list(sys.modules):
        if any(name == asking or name.startswith(f"{asking}.") for asking in names):
            package, _, attribute = name.rpartition(".")
            vars(sys.modules.get(package, sys)).pop(attribute, None) if package else None
            del sys.modules[name]


def _importing(frame: FrameType | None) -> Iterator[str]:
    """Yield the innermost module that is being imported, and those of its own package that wait for it."""
    top = None
    while frame:
        name = str(frame.f_globals.get("__name__", ""))
        if frame.f_code.co_name == "<module>" and name != "__main__":
            top = top or name.partition(".")[0]
            if name.partition(".")[0] != top:
                return
            yield name
        frame = frame.f_back
