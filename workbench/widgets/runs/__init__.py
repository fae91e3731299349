"""The runs of a project: found, ordered, chosen, compared."""

from workbench.widgets.runs.widget import Runs

__all__ = ["Runs"]
