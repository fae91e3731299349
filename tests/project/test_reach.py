"""Which stores other machines could reach, and what is refused because they could not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.errors import ConfigurationError
from workbench.project import Project, load_project
from workbench.project.reach import check_reach, local_stores

SHARED = "postgresql+psycopg://u:p@db/workbench"


def project(folder: Path, **stores: str) -> Project:
    extra = "[stores]\n" + "\n".join(f"{key} = '{value}'" for key, value in stores.items())
    return load_project(write_project(folder, {"make": {"notebook": notebook("1")}}, extra=extra))


def test_a_new_projects_stores_are_all_local(tmp_path: Path) -> None:
    """Files below its own folder."""
    assert sorted(local_stores(project(tmp_path))) == ["artifacts", "data", "ledger", "tracking"]


@pytest.mark.parametrize(
    ("stores", "key"),
    [
        ({}, "stores.ledger"),
        ({"tracking": "http://mlflow:5000"}, "stores.ledger"),
        ({"ledger": SHARED}, "stores.tracking"),
    ],
)
def test_a_remote_executor_is_refused_with_a_local_sqlite(
    tmp_path: Path, stores: dict[str, str], key: str
) -> None:
    """The message names the store and what to set."""
    with pytest.raises(ConfigurationError, match="kept in SQLite") as caught:
        check_reach(project(tmp_path, **stores), "dask://scheduler:8786")
    assert caught.value.key == key
    assert "postgresql" in caught.value.hint


def test_what_is_shared_or_stays_here_is_accepted(tmp_path: Path) -> None:
    """Databases behind a server, or attempts on this machine."""
    check_reach(project(tmp_path / "a"), "local")
    check_reach(project(tmp_path / "b", ledger=SHARED, tracking="http://mlflow:5000"), "dask://s:8786")
