from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import shop


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one stage and some data files."""
    return shop(tmp_path / "shop")
