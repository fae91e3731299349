"""Where the world has moved away from what a model was trained on."""

from workbench.widgets.drift.widget import Drift

__all__ = ["Drift"]
