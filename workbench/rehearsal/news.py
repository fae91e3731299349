"""What is new in a model's timeline, told as it happens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.monitoring.alerts.change import stream_of as alerts_of
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
        self._seen: tuple[int, ...] = ()
        self._told = 0  # the position of the last moment

    def tell(self) -> None:
        """Tell what has happened since the last call."""
        from workbench.rehearsal.timeline import read

        seen = self._newest()
        if seen == self._seen:
            return
        self._seen = seen
        soon = self._workspace.clock.now() + timedelta(days=1)
        for moment in read(self._workspace, self._model, until=soon).moments:
            if moment.position > self._told:
                self._watcher.happened(moment)
                self._told = moment.position

    def _newest(self) -> tuple[int, ...]:
        """Return what grows whenever there may be a new moment: of the model, its alerts, and any run."""
        ledger = self._workspace.ledger
        streams = (stream_of(self._model), alerts_of(self._model))
        ended = ledger.find(kinds=("run.ended",), newest_first=True, limit=1)
        return (*map(ledger.version, streams), *(event.position for event in ended))
