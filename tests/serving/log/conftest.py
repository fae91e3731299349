from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.log.logged import Logged
from workbench.clock import ManualClock


@pytest.fixture
def logged(tmp_path: Path, clock: ManualClock) -> Iterator[Logged]:
    """An empty log."""
    made = Logged(tmp_path / "state", clock)
    yield made
    made.close()
