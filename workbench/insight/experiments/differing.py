"""What differs between two runs: what somebody changed, the lines of code, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.pipeline.run_diff import RunDiff, run_diff

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store


def diff_runs(store: Store, person: Person, old: str, new: str) -> RunDiff:
    """Return what differs between two runs, as `workbench diff` tells it.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: one of them does not exist.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    for run in (old, new):
        store.run(run)
    states = (store.run_state(old), store.run_state(new))
    return run_diff(store.ledger, store.project.layout, store.run_state, *states)
