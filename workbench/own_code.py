"""Where a person's own code was when something went wrong: their cells and their modules, nobody else's."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from functools import cache
from pathlib import Path
from types import TracebackType


def own_lines(trace: TracebackType | None) -> list[str]:
    """Return the places of a traceback that are the person's own, the outermost first.

    Each is as `Cell In[3], line 2: wb.read("flihgts")`; libraries and the workbench itself are left out.
    """
    return [_told(frame) for frame in traceback.extract_tb(trace) if not _is_of_others(frame.filename)]


def _told(frame: traceback.FrameSummary) -> str:
    inside = "" if frame.name == "<module>" else f" in {frame.name}"
    said = f": {frame.line.strip()}" if frame.line else ""
    return f"{_name(frame.filename)}, line {frame.lineno}{inside}{said}"


def _name(file: str) -> str:
    """Return what a file is called; of a cell, its number."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python else None
    label = shell.compile.format_code_name(file) if shell else None
    return " ".join(label) if label else file


def _is_of_others(file: str) -> bool:
    if file.startswith("<"):  # made from text: a cell in a terminal, or what a library has generated
        return not file.startswith("<ipython-input")
    return any(Path(file).is_relative_to(folder) for folder in _others())


@cache
def _others() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return (Path(__file__).parent, *map(Path, folders))
