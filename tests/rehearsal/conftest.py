from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.told import Told, spring


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A project with nine weeks behind it; tests only read it."""
    made = spring(tmp_path_factory.mktemp("spring") / "shop")
    yield made
    made.close()
