"""What the supervisor shows of the service in its metrics."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from workbench.errors import WorkbenchError
from workbench.serving.lines import say
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import LEDGER_AGE, LEDGER_UP, RESTARTS, SHARE, WORKERS, Metric
from workbench.serving.order import Split

_SAY_EVERY = 30.0


class Gauges:
    """Shows what serves, who serves, and whether the ledger answers.

    Args:
        cells: where it is written.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._shown: set[tuple[tuple[str, str], ...]] = set()
        self._read = self._said = monotonic()
        self._away = False

    def count(self, metric: Metric, **labels: str) -> None:
        """Add one to a counter."""
        self._cells.add(metric.name, labels)

    def put(self, metric: Metric, value: float) -> None:
        """Set a gauge without labels."""
        self._cells.put(metric.name, {}, value)

    def serves(self, splits: Iterable[Split]) -> None:
        """Show which version has which share."""
        for series in self._shown:
            self._cells.put(SHARE.name, dict(series), 0.0)
        self._shown.clear()
        for split in splits:
            share = split.share if split.challenger is not None else 0.0
            parts: list[tuple[str, int | None, float]] = [("champion", split.champion, 1.0 - share)]
            parts.append(("challenger", split.challenger, share))
            parts += [("shadow", number, 1.0) for number in split.shadows]
            for arm, number, part in parts:
                if number is not None:
                    labels = {"model": split.model, "version": str(number), "arm": arm}
                    self._shown.add(tuple(labels.items()))
                    self._cells.put(SHARE.name, labels, part)

    def crew(self, serving: int, ended: int) -> None:
        """Show how many workers serve, and how many ended by themselves."""
        self.put(WORKERS, serving)
        self.put(RESTARTS, ended)

    def ledger_lost(self, error: WorkbenchError) -> None:
        """Show that the ledger cannot be read; said at once, and then now and then."""
        now = monotonic()
        self.put(LEDGER_UP, 0.0)
        self.put(LEDGER_AGE, now - self._read)
        if not self._away or now - self._said > _SAY_EVERY:
            self._away, self._said = True, now
            say("ledger.lost", "warning", why=error.message, what="what serves goes on serving")

    def ledger_found(self) -> None:
        """Show that the ledger was read."""
        now = monotonic()
        if self._away:
            say("ledger.found", seconds=round(now - self._read, 1))
        self._away, self._read = False, now
        self.put(LEDGER_UP, 1.0)
        self.put(LEDGER_AGE, 0.0)
