"""Versions of models that answer: loaded with their digests checked, tried aside before they serve."""

from __future__ import annotations

from workbench.serving.model.column import Column, Kind
from workbench.serving.model.load import load_served
from workbench.serving.model.nursery import Trials
from workbench.serving.model.served import Scored, ServedModel
from workbench.serving.model.trial import Trial, try_version

__all__ = ["Column", "Kind", "Scored", "ServedModel", "Trial", "Trials", "load_served", "try_version"]
