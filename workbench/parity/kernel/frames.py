"""Whose code is at work: a cell's, a module's of the project, the workbench's, or a library's."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal

Owner = Literal["cell", "own", "workbench", "import", "library", "itself"]

_ITSELF = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120 - called for every event
_WORKBENCH = os.path.dirname(os.path.dirname(os.path.dirname(_ITSELF))) + os.sep  # noqa: PTH120
_DEEPEST = 400


@dataclass(frozen=True)
class Where:
    """A place in the notebook's own code.

    Attributes:
        cell: the cell's number.
        module: the project's file and line that the cell called, None when the cell did it itself.
    """

    cell: int
    line: int
    module: tuple[str, int] | None = None


@dataclass
class Frames:
    """Tells whose a frame is.

    Attributes:
        root: the folder of the project, or the notebook's own.
        cells: the numbers of cells by the file names that the kernel gives their code.
        current: the number of the cell that runs, 0 before the first.
    """

    root: str
    cells: dict[str, int] = field(default_factory=dict)
    current: int = 0
    _known: dict[str, Owner] = field(default_factory=dict)

    def owner(self, frame: FrameType) -> Owner:
        """Return whose code a frame runs."""
        name = frame.f_code.co_filename
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._owner(name)
        return known

    def where(self, frame: FrameType | None, *, in_imports: bool = False) -> Where | None:
        """Return the nearest code of the notebook or the project that a frame serves.

        None when there is none: the workbench reads what is declared, a library loads itself.

        Args:
            frame: the innermost.
            in_imports: whether what libraries do while they are imported counts, too.
        """
        module: tuple[str, int] | None = None
        for _ in range(_DEEPEST):
            if frame is None:
                return None
            owner = self.owner(frame)
            if owner == "cell":
                number = self.cells.get(frame.f_code.co_filename, self.current)
                return Where(number, frame.f_lineno, module)
            if owner == "workbench" or (owner == "import" and module is None and not in_imports):
                return None
            if owner == "own" and module is None:
                module = (frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        return None

    def _owner(self, name: str) -> Owner:
        if name in self.cells or f"{os.sep}ipykernel_" in name or name.startswith("<ipython-input"):
            return "cell"
        if name.startswith("<frozen importlib"):
            return "import"
        if name.startswith(_ITSELF):
            return "itself"
        if name.startswith(_WORKBENCH):
            return "workbench"
        if name.startswith("<") or is_library(name) or not name.startswith(self.root):
            return "library"
        return "own"


def _libraries() -> tuple[str, ...]:
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    found = {os.path.realpath(path) for path in paths} | paths
    return tuple(sorted(path.rstrip(os.sep) + os.sep for path in found if len(path) > 1 and path != "/usr"))


LIBRARIES = _libraries()


def is_library(path: str) -> bool:
    """Return whether a file came with Python or with an installed package."""
    return path.startswith(LIBRARIES) or "site-packages" in path or "dist-packages" in path
