"""Drift: what a model was trained on, and whether the rows of a window are spread alike."""

from workbench.data.drift.build import reference
from workbench.data.drift.column_drift import ColumnDrift
from workbench.data.drift.compare import drift
from workbench.data.drift.held import HeldOut, Reference
from workbench.data.drift.outcome_drift import label_drift, score_drift
from workbench.data.drift.store import load_reference

__all__ = [
    "ColumnDrift",
    "HeldOut",
    "Reference",
    "drift",
    "label_drift",
    "load_reference",
    "reference",
    "score_drift",
]
