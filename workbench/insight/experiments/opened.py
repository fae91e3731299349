"""Opens a stage of a run for whoever sits at a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.workspace import open_workspace

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.pipeline.opening import Opened


def open_in_session(store: Store, person: Person, run: str, stage: str | None = None) -> Opened:
    """Hold the person's sessions on a stage to what a run read and was given, as `workbench open` does.

    Args:
        store: the project's state.
        person: who asks.
        run: its id.
        stage: an entry of it; the one that failed when None.

    Raises:
        AccessError: the person may not launch runs, hence not mend them.
        UnknownNameError: there is no such run, or no such stage in it.
        UsageError: the stage never began in it.
    """
    person.require("launch")
    with open_workspace(store.project.root, clock=store.clock) as workspace:
        return workspace.open(run, stage)
