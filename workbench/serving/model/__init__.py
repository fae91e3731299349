"""Versions of models that answer: loaded with their digests checked, tried aside before they serve."""

from __future__ import annotations

from workbench.serving.model.column import Column, Kind
from workbench.serving.model.load import load_served
from workbench.serving.model.served import Scored, ServedModel

__all__ = ["Column", "Kind", "Scored", "ServedModel", "load_served"]
