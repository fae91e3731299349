"""A new project that runs as it is, from the template that the wheel carries."""

from workbench.template.plant import Planted, plant

__all__ = ["Planted", "plant"]
