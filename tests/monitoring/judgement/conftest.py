from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.judgement.challenges import Challenge


@pytest.fixture
def challenge(tmp_path: Path) -> Iterator[Callable[..., Challenge]]:
    """Make a project with a champion and a challenger."""
    made: list[Challenge] = []

    def make(**how: Any) -> Challenge:
        made.append(Challenge(tmp_path, **how))
        return made[-1]

    yield make
    for each in made:
        each.close()
