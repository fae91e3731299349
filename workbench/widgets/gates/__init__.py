"""Whether a version may become champion, gate by gate."""

from workbench.widgets.gates.standing import Standing
from workbench.widgets.gates.widget import Gates

__all__ = ["Gates", "Standing"]
