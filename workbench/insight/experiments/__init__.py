"""Experiments: runs found and compared, searches explained, one run in detail, and new ones launched."""

from workbench.insight.experiments.at_work import EntryAtWork, RunAtWork, run_at_work
from workbench.insight.experiments.compare import (
    Comparison,
    Row,
    compare_runs,
    figure_names,
    read_figure,
    run_difference,
)
from workbench.insight.experiments.detail import Data, Edge, RunDetail, Stage, run_detail
from workbench.insight.experiments.executed import notebook_page
from workbench.insight.experiments.find import Known, RunQuery, find_runs, known, value_of
from workbench.insight.experiments.form import Field, Form, as_text, launch_form
from workbench.insight.experiments.groups import GROUPINGS, Group, group_runs
from workbench.insight.experiments.importance import Importance, ParameterImportance, importance
from workbench.insight.experiments.launch import (
    Launched,
    LaunchRequest,
    Progress,
    check_launch,
    launch,
    launches,
    progress,
    stop,
)
from workbench.insight.experiments.notebook_diff import CellDiff, Line, notebook_diff
from workbench.insight.experiments.opened import OpenedHere, open_here, open_in_session, opens_here
from workbench.insight.experiments.planned import expect_stages, plan_launch
from workbench.insight.experiments.series import Measured, metric_over_time
from workbench.insight.experiments.trials import (
    ENTRIES,
    Search,
    Trial,
    Trials,
    is_sweep,
    read_trials,
    searched_in,
    searches,
)

__all__ = [
    "ENTRIES",
    "GROUPINGS",
    "CellDiff",
    "Comparison",
    "Data",
    "Edge",
    "EntryAtWork",
    "Field",
    "Form",
    "Group",
    "Importance",
    "Known",
    "LaunchRequest",
    "Launched",
    "Line",
    "Measured",
    "OpenedHere",
    "ParameterImportance",
    "Progress",
    "Row",
    "RunAtWork",
    "RunDetail",
    "RunQuery",
    "Search",
    "Stage",
    "Trial",
    "Trials",
    "as_text",
    "check_launch",
    "compare_runs",
    "expect_stages",
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
    "open_here",
    "open_in_session",
    "opens_here",
    "plan_launch",
    "progress",
    "read_figure",
    "read_trials",
    "run_at_work",
    "run_detail",
    "run_difference",
    "searched_in",
    "searches",
    "stop",
    "value_of",
]
