"""A search of parameters, watched while it goes on."""

from workbench.widgets.tuning.searched import Searched
from workbench.widgets.tuning.widget import Tuning

__all__ = ["Searched", "Tuning"]
