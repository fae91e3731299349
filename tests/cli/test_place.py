from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.cli.place import open_executor
from workbench.errors import ConfigurationError, StorageError, UsageError
from workbench.project import Project, load_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return load_project(write_project(tmp_path / "shop", {"only": {"notebook": notebook("pass")}}))


def test_local_is_this_machine(project: Project) -> None:
    """The word on the command line is the executor's own name."""
    assert open_executor("local", project).name == "local"


@pytest.mark.parametrize(
    "text", ["lcoal", "127.0.0.1:8786", "", "dask://", "dask://host", "daks://host:8786"]
)
def test_another_place_is_refused_before_anything_starts(text: str, project: Project) -> None:
    """The message says what was given and what is there."""
    with pytest.raises(UsageError, match="expected 'local'") as caught:
        open_executor(text, project)
    assert repr(text) in caught.value.message


def test_a_cluster_is_refused_while_the_ledger_is_a_local_file(project: Project) -> None:
    """No other machine could write it; the message names the key to set."""
    with pytest.raises(ConfigurationError, match="kept in SQLite") as caught:
        open_executor("dask://127.0.0.1:8786", project)
    assert caught.value.key == "stores.ledger"


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """The message says which address was tried and how a scheduler is started."""
    stores = (
        "[stores]\nledger = 'postgresql://nobody@127.0.0.1/x'\ntracking = 'postgresql://nobody@127.0.0.1/x'\n"
    )
    root = write_project(tmp_path / "shop", {"only": {"notebook": notebook("pass")}}, extra=stores)
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:1\b"):
        open_executor("dask://127.0.0.1:1", load_project(root))
