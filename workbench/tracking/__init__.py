"""Runs, attempts and models as MLflow shows them: a projection, never the truth."""

from workbench.tracking.active import adopt_run, session_variables
from workbench.tracking.distant import DistantTracker
from workbench.tracking.forgiving import ForgivingTracker
from workbench.tracking.memory import MemoryTracker
from workbench.tracking.mlflow_tracker import MlflowTracker
from workbench.tracking.tracker import AttemptInfo, AttemptReport, RunInfo, TrackedAttempt, Tracker

__all__ = [
    "AttemptInfo",
    "AttemptReport",
    "DistantTracker",
    "ForgivingTracker",
    "MemoryTracker",
    "MlflowTracker",
    "RunInfo",
    "TrackedAttempt",
    "Tracker",
    "adopt_run",
    "session_variables",
]
