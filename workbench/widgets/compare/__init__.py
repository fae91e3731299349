"""Runs side by side: what was changed, and what came of it."""

from workbench.widgets.compare.widget import Compare

__all__ = ["Compare"]
