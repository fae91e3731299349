from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from workbench.data import Datasets

# Two busy cores make examples slow now and then, which is no fault of what is tested.
settings.register_profile(
    "patient", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture
def datasets(tmp_path: Path) -> Datasets:
    """Datasets in an empty folder."""
    return Datasets(tmp_path / "data")
