"""Project time, injected: the one clock behind every time-dependent decision."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells project time; a replayed year runs on a clock that somebody else moves."""

    def now(self) -> datetime:
        """Return project time, timezone-aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for leases and timeouts only."""


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds, shared by all its processes."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told to, for tests and replays."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"A clock needs an aware time, but got {now!r}; add a tzinfo, for example UTC.")
        self._now = now.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the time it was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that it was advanced by in all."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Move both hands forward by `by`, which cannot be negative."""
        if by < timedelta():
            raise ValueError(f"A clock cannot be advanced by {by}; it only moves forward.")
        self._now += by
        self._monotonic += by.total_seconds()
