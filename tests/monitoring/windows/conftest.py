from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.windows.watched import START, Watched, flights, reference_of


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Return what makes a project whose log is empty."""
    made: list[Watched] = []

    def new(**declared: Any) -> Watched:
        made.append(Watched(tmp_path / f"shop{len(made)}", **declared))
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture
def week(make: Callable[..., Watched]) -> Watched:
    """A project whose first version has a reference and has answered a week like it."""
    watched = make(monitoring="slices = ['carrier']\nperformance = { auc = { at_least = 0.6 } }")
    watched.version(reference_of(flights(6000, 1)))
    watched.answer(flights(2000, 2), START)
    return watched
