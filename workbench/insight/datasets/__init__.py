"""Datasets as people look at them: what the columns hold, and what changed since another version."""

from workbench.insight.datasets.change import ColumnChange, DatasetChange, dataset_change
from workbench.insight.datasets.profile import (
    DatasetProfile,
    Version,
    dataset_names,
    dataset_versions,
    give_up_counting,
    previous_version,
    profile_dataset,
)
from workbench.insight.datasets.sketch import Bins, ColumnSketch

__all__ = [
    "Bins",
    "ColumnChange",
    "ColumnSketch",
    "DatasetChange",
    "DatasetProfile",
    "Version",
    "dataset_change",
    "dataset_names",
    "dataset_versions",
    "give_up_counting",
    "previous_version",
    "profile_dataset",
]
