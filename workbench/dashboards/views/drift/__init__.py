"""The page of drift."""

from workbench.dashboards.views.drift.page import page, report

__all__ = ["page", "report"]
