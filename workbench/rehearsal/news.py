"""What is new in a model's timeline, told as it happens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.registry.model import stream_of

if TYPE_CHECKING:
    from workbench.rehearsal.watcher import Watcher
    from workbench.workspace import Workspace


class News:
    """Tells a watcher each moment of a model once.

    Args:
        workspace: the project's.
        model: its name.
        watcher: who is told.
    """

    def __init__(self, workspace: Workspace, model: str, watcher: Watcher) -> None:
        self._workspace, self._model, self._watcher = workspace, model, watcher
        self._streams = (stream_of(model), f"alert/{model}")
        self._seen: tuple[int, ...] = (0, 0)
        self._told = 0  # the last position

    def tell(self) -> None:
        """Tell what has happened since the last call."""
        from workbench.rehearsal.timeline import read

        ledger = self._workspace.ledger
        seen = tuple(ledger.version(stream) for stream in self._streams)
        if seen == self._seen:
            return
        self._seen = seen
        soon = self._workspace.clock.now() + timedelta(days=1)
        for moment in read(self._workspace, self._model, until=soon).moments:
            if moment.position > self._told:
                self._watcher.happened(moment)
        self._told = ledger.head().position
