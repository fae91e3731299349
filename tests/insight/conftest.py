from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.insight.scene import Scene
from workbench.insight import Store


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A project with a bit of everything in its ledger."""
    made = Scene(tmp_path / "shop")
    made.all()
    yield made
    made.close()


@pytest.fixture
def store(scene: Scene) -> Iterator[Store]:
    """The store of that project, which has looked at its ledger."""
    made = Store(scene.project, scene.clock, every=0.0, patience=20.0)
    made.refresh()
    yield made
    made.close()
