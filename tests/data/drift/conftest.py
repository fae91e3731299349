from __future__ import annotations

import pytest

from tests.data.drift.columns import DAYS, table, times
from workbench.data.drift import Reference, reference


@pytest.fixture(scope="module")
def held() -> Reference:
    """Forty days of the table."""
    return reference(table(), times=times(DAYS))
