"""Drift: what a model is asked and answers against what it was trained on, window after window."""

from workbench.insight.drift.alerts import (
    AlertStep,
    acknowledge,
    acknowledge_consequence,
    alert_steps,
    alerts,
    resolve,
    resolve_consequence,
)
from workbench.insight.drift.cell import DriftCell, drift_cell
from workbench.insight.drift.distribution import Names, Numbers
from workbench.insight.drift.full_report import (
    FullReport,
    ReportState,
    full_report,
    make_full_report,
    read_full_report,
)
from workbench.insight.drift.map import GROUPINGS, VERDICTS, DriftMap, MapWindow, drift_map, window_columns
from workbench.insight.drift.measured import (
    MetricValue,
    Performance,
    PerformancePoint,
    better,
    performance,
)
from workbench.insight.drift.over_time import DriftPoint, DriftSeries, column_drift, outcome_drift
from workbench.insight.drift.slices import Grouping, SlicePoint, SliceResult, slice_over_time, slices
from workbench.insight.drift.summary import Answer, Summary, summary

__all__ = [
    "GROUPINGS",
    "VERDICTS",
    "AlertStep",
    "Answer",
    "DriftCell",
    "DriftMap",
    "DriftPoint",
    "DriftSeries",
    "FullReport",
    "Grouping",
    "MapWindow",
    "MetricValue",
    "Names",
    "Numbers",
    "Performance",
    "PerformancePoint",
    "ReportState",
    "SlicePoint",
    "SliceResult",
    "Summary",
    "acknowledge",
    "acknowledge_consequence",
    "alert_steps",
    "alerts",
    "better",
    "column_drift",
    "drift_cell",
    "drift_map",
    "full_report",
    "make_full_report",
    "outcome_drift",
    "performance",
    "read_full_report",
    "resolve",
    "resolve_consequence",
    "slice_over_time",
    "slices",
    "summary",
    "window_columns",
]
