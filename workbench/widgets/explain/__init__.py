"""What one answer rests on, and what if."""

from workbench.widgets.explain.asked import AskedModel, Seen
from workbench.widgets.explain.widget import Explain

__all__ = ["AskedModel", "Explain", "Seen"]
