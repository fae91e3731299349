"""Project time, injected: the one clock behind every time-dependent decision."""

from __future__ import annotations

import mmap
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from workbench.errors import ConfigurationError

VARIABLE = "WORKBENCH_CLOCK"
"""Names the file of a `SharedClock`; with it, every process told so goes by that clock."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SIZE = 8  # bytes: microseconds since 1970, in the machine's own order


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


class SharedClock:
    """Project time that all processes of a rehearsal share: a number in a small file, moved by one of them.

    Leases and timeouts are about processes that live now, so its monotonic seconds are the machine's.

    Args:
        path: the file; see `create`.

    Raises:
        ConfigurationError: there is no such file, or it holds no time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("r+b") as file:
                self._map = mmap.mmap(file.fileno(), _SIZE)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{VARIABLE} names {path}, expected the file of a clock that a rehearsal moves: {error}.",
                hint=f"Unset {VARIABLE} to go by the wall clock.",
                file=str(path),
                key=VARIABLE,
            ) from error
        self._time = memoryview(self._map).cast("q")

    @classmethod
    def create(cls, path: Path, now: datetime) -> SharedClock:
        """Make the file, or take the one that is there, and set the clock to a time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.truncate(_SIZE)
        clock = cls(path)
        clock.set(now)
        return clock

    def now(self) -> datetime:
        """Return the time that it was last set to."""
        return _EPOCH + self._time[0] * _MICROSECOND

    def set(self, now: datetime) -> None:
        """Move it to a time, for every process that goes by it; one store, so nobody reads half of it."""
        self._time[0] = (_aware(now) - _EPOCH) // _MICROSECOND

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds, shared by all its processes."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told to, for tests and replays."""

    def __init__(self, now: datetime) -> None:
        self._now = _aware(now)
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


def system_clock() -> SystemClock | SharedClock:
    """Return the clock that this process goes by: the shared one that its environment names, or the wall's.

    Raises:
        ConfigurationError: what the environment names is no clock.
    """
    path = os.environ.get(VARIABLE)
    return SharedClock(Path(path)) if path else SystemClock()


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError(f"A clock needs an aware time, but got {now!r}; add a tzinfo, for example UTC.")
    return now.astimezone(UTC)
