"""What widgets are made of. Whatever comes from data is escaped, and pages of it are made in the kernel."""

from workbench.widgets.parts.block import block, frame, notice
from workbench.widgets.parts.chart import bars, histograms, line
from workbench.widgets.parts.confirm import confirm
from workbench.widgets.parts.table import Column, table
from workbench.widgets.parts.text import chip, html, joined, mark, moment

__all__ = [
    "Column",
    "bars",
    "block",
    "chip",
    "confirm",
    "frame",
    "histograms",
    "html",
    "joined",
    "line",
    "mark",
    "moment",
    "notice",
    "table",
]
