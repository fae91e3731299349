from __future__ import annotations

from tests.insight.conftest import scene, store

__all__ = ["scene", "store"]
