from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scheduling.shop import write_shop
from workbench.clock import ManualClock
from workbench.workspace import Workspace, open_workspace

Open = Callable[..., Workspace]


@pytest.fixture
def shop(tmp_path: Path, clock: ManualClock) -> Iterator[Open]:
    """Write a project with some TOML more, and open it on the clock; opened anew when called again."""
    opened: list[Workspace] = []

    def make(extra: str = "") -> Workspace:
        root = write_shop(tmp_path / "shop", extra)
        opened.append(open_workspace(root, clock=clock))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
