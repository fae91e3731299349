"""What serves of a model, and the decisions about it."""

from workbench.widgets.promotion.widget import Promotion

__all__ = ["Promotion"]
