"""For how long nothing was heard, by whoever listens."""

from __future__ import annotations


class Silence:
    """Counts the seconds for which nothing was heard, as far as somebody listened.

    When the listening process was stopped, or had no turn on a busy machine, what was said meanwhile lies
    there unread; such a time counts for little.

    Args:
        most: seconds that count at most between two looks.
        now: the monotonic time, in seconds, from which on is listened.
    """

    def __init__(self, most: float, now: float) -> None:
        self._most = most
        self._looked = now
        self._seconds = 0.0

    def look(self, now: float) -> float:
        """Return the seconds of silence until now."""
        self._seconds += min(now - self._looked, self._most)
        self._looked = now
        return self._seconds

    def end(self) -> None:
        """Take note that something was heard."""
        self._seconds = 0.0
