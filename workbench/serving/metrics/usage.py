"""What a worker uses of its machine."""

from __future__ import annotations

import os
from pathlib import Path
from time import process_time

from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import CPU, MEMORY


class Usage:
    """Shows the processor time and the memory of this process.

    Args:
        cells: where it counts.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._counted = 0.0

    def show(self) -> None:
        """Add the processor time since the last call, and show the memory in use."""
        now = process_time()
        self._cells.add(CPU.name, {}, now - self._counted)
        self._counted = now
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):  # another kind of Unix
            return
        self._cells.put(MEMORY.name, {}, float(pages * os.sysconf("SC_PAGE_SIZE")))
