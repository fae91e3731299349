"""Follows the ledger: what is wanted of each model, asked again whenever something was written."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.errors import StorageError
from workbench.registry.model import ModelState, read_model
from workbench.serving.late_ledger import LateLedger


class Follower:
    """Reads the models' streams; not from two threads at once.

    What it reads after the ledger was away must know at least what it knew before.

    Args:
        ledger: where they are.
        models: the models that are followed.
    """

    def __init__(self, ledger: LateLedger, models: Sequence[str]) -> None:
        self._ledger = ledger
        self._models = models
        self._head: tuple[int, str] | None = None
        self._seen: dict[str, int] = {}

    def look(self) -> dict[str, ModelState] | None:
        """Return every model's state when something was written since the last look, None otherwise.

        Raises:
            StorageError: the ledger cannot be read.
            IntegrityError: an event in it was changed.
        """
        ledger = self._ledger.open()
        head = ledger.head()
        if (head.position, head.hash) == self._head:
            return None
        states = {name: read_model(ledger, name) for name in self._models}
        for name, state in states.items():
            if state.version < self._seen.get(name, 0):
                raise StorageError(
                    f"The ledger has {state.version} events of {name!r}, and had {self._seen[name]} before.",
                    hint="Put the ledger back that this service began with, or restart to follow this one.",
                    store=self._ledger.store,
                )
            self._seen[name] = state.version
        self._head = (head.position, head.hash)
        return states
