"""What pages and widgets show, without any layout: functions that check who asks, and the store they read."""

from workbench.insight.folded import Judged
from workbench.insight.runs import RunSummary, StageSummary
from workbench.insight.store import Store
from workbench.insight.windows import CheckBrief, WindowBrief

__all__ = ["CheckBrief", "Judged", "RunSummary", "StageSummary", "Store", "WindowBrief"]
