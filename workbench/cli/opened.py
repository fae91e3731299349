"""The project and its ledger, for commands that need no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project


@contextmanager
def opened() -> Iterator[tuple[Project, Ledger]]:
    """Open them, and close the ledger afterwards.

    Raises:
        ConfigurationError: there is no project here, or its workbench.toml is wrong.
        StorageError: the ledger cannot be reached.
    """
    from workbench.clock import system_clock
    from workbench.ledger import open_ledger
    from workbench.project import load_project

    project = load_project()
    ledger = open_ledger(project.layout.ledger_url, system_clock())
    try:
        yield project, ledger
    finally:
        ledger.close()
