"""The cells of two notebooks, with what was added and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from workbench.dashboards.app.components import empty_state, html, joined
from workbench.dashboards.views.experiments.parts import styled
from workbench.insight.experiments import CellDiff

_CLASSES = {"+": "plus", "-": "minus"}
_WORDS = {"added": "added", "removed": "removed", "changed": "changed"}


def notebook_cells(found: Sequence[CellDiff]) -> Any:
    """Return the cells that differ, and how many do not."""
    differing = [cell for cell in found if cell.change in _WORDS]
    if not differing:
        return empty_state("The same code", f"All {len(found)} cells are alike in both runs.")
    same = len(found) - len(differing)
    note = html('<p class="quiet">{count} other cells are alike.</p>', count=same) if same else Markup("")
    return styled(html("{cells}{note}", cells=joined(map(_cell, differing)), note=note))


def _cell(cell: CellDiff) -> Markup:
    place = " → ".join(str(number) for number in (cell.old, cell.new) if number is not None)
    lines = (
        html(
            '<li class="{tone}" data-sign="{sign}">{text}</li>',
            tone=_CLASSES.get(line.sign, ""),
            sign=line.sign,
            text=line.text or " ",
        )
        for line in cell.lines
    )
    return html(
        '<article class="cell"><header>Cell {place} · {kind} · {change}</header><ol>{lines}</ol></article>',
        place=place,
        kind=cell.kind,
        change=_WORDS[cell.change],
        lines=joined(lines),
    )
