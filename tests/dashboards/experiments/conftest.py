from __future__ import annotations

from tests.insight.experiments.conftest import past

__all__ = ["past"]
