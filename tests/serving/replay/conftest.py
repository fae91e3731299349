from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.replay.answered import Answered


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Answered]:
    """A project with two versions; the first has answered 300 rows."""
    made = Answered(tmp_path / "shop")
    made.answer(made.first)
    yield made
    made.close()
