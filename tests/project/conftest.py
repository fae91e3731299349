from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.declared import NOTEBOOKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder with the notebooks that GOOD declares, without its workbench.toml."""
    (tmp_path / "notebooks").mkdir()
    for name in NOTEBOOKS:
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    return tmp_path
