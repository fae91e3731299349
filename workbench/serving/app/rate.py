"""How many rows a second a caller may ask for: a bucket for each, filled at that rate."""

from __future__ import annotations

import math
from time import monotonic

from workbench.serving.refused import Refused

_MOST_CALLERS = 10_000


class Rate:
    """Buckets that hold a second's rows, or one request where that is more.

    Args:
        per_second: rows for each caller.
    """

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._size = max(per_second, 1.0)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str, rows: int) -> None:
        """Take a request's rows out of the caller's bucket; it may go below empty, and fills up again.

        Raises:
            Refused: 429, the bucket is empty; the sentence says when it is not.
        """
        now = monotonic()
        left, at = self._buckets.get(caller, (self._size, now))
        left = min(left + (now - at) * self._rate, self._size)
        if left <= 0:
            wait = math.ceil((1.0 - left) / self._rate * 10) / 10
            raise Refused(
                429,
                "too_many_rows",
                f"{caller} asked for more than {self._rate:g} rows a second.",
                f"Try again in {wait:g} s.",
            )
        if len(self._buckets) >= _MOST_CALLERS and caller not in self._buckets:
            self._buckets.clear()
        self._buckets[caller] = (left - rows, now)
