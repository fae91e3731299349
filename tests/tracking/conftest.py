"""The fixtures of `stores` for every test beside it."""

from __future__ import annotations

from tests.tracking.stores import migrated, mlflow_tracker

__all__ = ["migrated", "mlflow_tracker"]
