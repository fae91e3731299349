"""The page of experiments."""

from workbench.dashboards.views.experiments.page import notebook, page

__all__ = ["notebook", "page"]
