"""Which cells of a notebook, as it is saved, this very process has not executed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.pipeline.code import cell_prints, cell_source, normalise


def unexecuted(cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of code cells that were never run here in the form in which they stand, from 1.

    The cell of the parameters is left out: what counts of it are the values. Outside of IPython nobody
    keeps what was run, so no cell counts as executed.
    """
    ran = _ran()
    own = [print_ for print_ in cell_prints(cells) if "parameters" not in print_.tags]
    return [
        print_.index
        for print_ in own
        if "skip-execution" not in print_.tags and normalise(cell_source(cells[print_.index - 1])) not in ran
    ]


def _ran() -> set[str]:
    if "IPython" not in sys.modules:
        return set()
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return (
        {normalise(source) for source in shell.history_manager.input_hist_raw if source} if shell else set()
    )
