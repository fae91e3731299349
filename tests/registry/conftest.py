from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import Runs, make_project
from workbench.clock import ManualClock
from workbench.ledger import MemoryLedger


@pytest.fixture
def ledger(clock: ManualClock) -> MemoryLedger:
    return MemoryLedger(clock)


@pytest.fixture
def runs(tmp_path: Path, ledger: MemoryLedger) -> Runs:
    """A project whose model is promoted automatically."""
    return Runs(make_project(tmp_path / "shop"), ledger)
