from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.shop import ran_twice


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A project and its two runs; nobody may change it."""
    root = tmp_path_factory.mktemp("widgets") / "shop"
    return root, *ran_twice(root)


@pytest.fixture
def shop(ran: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The ids of that project's runs; the test sits in the project."""
    monkeypatch.chdir(ran[0])
    return ran[1], ran[2]
