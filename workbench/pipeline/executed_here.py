"""Which cells of a notebook, as it is saved, this very process has not executed one after the other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.pipeline.checkpoint.find import is_stage
from workbench.pipeline.code import cell_prints, cell_source, normalise, parse


def unexecuted(cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of code cells, from 1, that were not run here as they stand, before those below.

    A cell that was mended and run again counts, for what the cells below it made, only when they were run
    again too; imports, and the call of `wb.stage`, may be run again at any time. The cell of the parameters
    is left out: what counts of it are the values. Outside of IPython nobody keeps what was run, so no cell
    counts as executed.
    """
    ran = _ran()
    found = []
    before = len(ran)
    for print_ in reversed(cell_prints(cells)):
        if {"parameters", "skip-execution"} & {*print_.tags}:
            continue
        code = normalise(cell_source(cells[print_.index - 1]))
        times = [time for time, other in enumerate(ran) if other == code]
        if times and _only_brings(code):
            continue
        times = [time for time in times if time < before]
        if times:
            before = times[-1]
        else:
            found.append(print_.index)
    return found[::-1]


def _only_brings(code: str) -> bool:
    """Whether code does nothing but import, or call `wb.stage`, whose inputs are compared by themselves."""
    tree = parse(code)
    return tree is not None and all(
        isinstance(node, (ast.Import, ast.ImportFrom))
        or (isinstance(node, (ast.Assign, ast.AnnAssign)) and is_stage(node.value))
        for node in tree.body
    )


def _ran() -> list[str]:
    if "IPython" not in sys.modules:
        return []
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return [normalise(source) for source in shell.history_manager.input_hist_raw] if shell else []
