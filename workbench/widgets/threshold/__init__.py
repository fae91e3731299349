"""Where to act: the operating point of a score, moved by hand."""

from workbench.widgets.threshold.cost import Cost
from workbench.widgets.threshold.judged import Apart, Judged
from workbench.widgets.threshold.points import Point
from workbench.widgets.threshold.widget import Threshold

__all__ = ["Apart", "Cost", "Judged", "Point", "Threshold"]
