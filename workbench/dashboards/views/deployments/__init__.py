"""The page of deployments: what serves and how it does, and everything that can be decided about it."""

from workbench.dashboards.views.deployments.page import card, page

__all__ = ["card", "page"]
