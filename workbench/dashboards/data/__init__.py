"""What the pages show, without any layout: plain functions that check who asks, and the store they read."""

from workbench.dashboards.data.folded import Judged
from workbench.dashboards.data.runs import RunSummary, StageSummary
from workbench.dashboards.data.store import Store
from workbench.dashboards.data.windows import CheckBrief, WindowBrief

__all__ = ["CheckBrief", "Judged", "RunSummary", "StageSummary", "Store", "WindowBrief"]
