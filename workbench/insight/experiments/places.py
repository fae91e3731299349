"""Where the files of an entry lie, for whoever knows the project through its store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.pipeline.whereabouts import Place, find_place

if TYPE_CHECKING:
    from workbench.insight.store import Store
    from workbench.pipeline.history import RunState

__all__ = ["Place", "place_of"]


def place_of(store: Store, state: RunState, entry: str, attempt: int | None = None) -> Place:
    """Return where the files of an entry's attempt lie, of the last one by default.

    Raises:
        UnknownNameError: the run has no such entry, or the entry no such attempt.
        StorageError: the ledger cannot be read.
    """
    return find_place(store.project.layout, store.run_state, state, entry, attempt)
