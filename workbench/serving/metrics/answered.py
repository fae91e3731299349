"""Counts of answered requests, by model, version, arm and caller."""

from __future__ import annotations

from bisect import bisect_left

from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import BUCKETS, REQUESTS, ROWS, SECONDS


class Answered:
    """Counts the answers of one arm to one caller.

    Args:
        cells: where they are counted.
        labels: model, version, arm and caller, in this order.
    """

    __slots__ = ("_requests", "_rows", "_seconds", "_values")

    def __init__(self, cells: Cells, labels: dict[str, str]) -> None:
        self._values = cells.values
        self._requests = cells.place(REQUESTS.name, labels)
        self._rows = cells.place(ROWS.name, labels)
        self._seconds = cells.place(SECONDS.name, labels, len(BUCKETS) + 2)

    def count(self, rows: int, seconds: float) -> None:
        """Count an answered request."""
        values, at = self._values, self._seconds
        values[self._requests] += 1.0
        values[self._rows] += rows
        values[at] += seconds
        values[at + 1 + bisect_left(BUCKETS, seconds)] += 1.0
