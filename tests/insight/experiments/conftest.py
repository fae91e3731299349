from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.insight.experiments.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    """A project whose ledger is still empty."""
    made = Past(tmp_path / "shop")
    yield made
    made.close()
