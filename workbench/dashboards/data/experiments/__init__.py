"""Experiments: runs found and compared, searches explained, one run in detail, and new ones launched."""

from workbench.dashboards.data.experiments.compare import (
    Comparison,
    Row,
    compare_runs,
    figure_names,
    read_figure,
)
from workbench.dashboards.data.experiments.detail import Data, Edge, RunDetail, Stage, run_detail
from workbench.dashboards.data.experiments.executed import notebook_page
from workbench.dashboards.data.experiments.find import Known, RunQuery, find_runs, known, value_of
from workbench.dashboards.data.experiments.form import Field, Form, launch_form
from workbench.dashboards.data.experiments.groups import GROUPINGS, Group, group_runs
from workbench.dashboards.data.experiments.importance import Importance, ParameterImportance, importance
from workbench.dashboards.data.experiments.launch import (
    Launched,
    LaunchRequest,
    Progress,
    check_launch,
    launch,
    launches,
    progress,
)
from workbench.dashboards.data.experiments.notebook_diff import CellDiff, Line, notebook_diff
from workbench.dashboards.data.experiments.series import Measured, metric_over_time
from workbench.dashboards.data.experiments.trials import (
    ENTRIES,
    Search,
    Trial,
    Trials,
    is_sweep,
    read_trials,
    searches,
)

__all__ = [
    "ENTRIES",
    "GROUPINGS",
    "CellDiff",
    "Comparison",
    "Data",
    "Edge",
    "Field",
    "Form",
    "Group",
    "Importance",
    "Known",
    "LaunchRequest",
    "Launched",
    "Line",
    "Measured",
    "ParameterImportance",
    "Progress",
    "Row",
    "RunDetail",
    "RunQuery",
    "Search",
    "Stage",
    "Trial",
    "Trials",
    "check_launch",
    "compare_runs",
    "figure_names",
    "find_runs",
    "group_runs",
    "importance",
    "is_sweep",
    "known",
    "launch",
    "launch_form",
    "launches",
    "metric_over_time",
    "notebook_diff",
    "notebook_page",
    "progress",
    "read_figure",
    "read_trials",
    "run_detail",
    "searches",
    "value_of",
]
