"""Ids of requests: unique without asking anybody, ordered by time, and telling the day they are of.

A request id is an RFC 9562 UUID of version 7 without its hyphens: 48 bits of project time in milliseconds,
42 random bits of the process, a 32-bit count. A row's prediction id adds the row's number: `<id>-<row>`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

from workbench.clock import Clock, SystemClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEX = frozenset("0123456789abcdef")


class RequestIds:
    """Gives out the ids of one process; each process needs one of its own, made in it.

    Args:
        clock: tells the project time that stands in the ids.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = type(clock) is SystemClock
        random = os.urandom(6).hex()
        variant = "89ab"[int(random[3], 16) % 4]
        self._process = f"7{random[:3]}{variant}{random[4:11]}"
        self._count = 0

    def next(self) -> tuple[str, int]:
        """Return a new request id, and its project time in microseconds since 1970."""
        at = time.time_ns() // 1000 if self._wall else microseconds(self._clock.now())
        self._count = count = (self._count + 1) & 0xFFFFFFFF
        return f"{at // 1000:012x}{self._process}{count:08x}", at


def microseconds(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return the time, in UTC, that lies so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)


def time_of(prediction_id: str) -> datetime | None:
    """Return the project time of a request or prediction id, to the millisecond; None: it is no such id."""
    request, _, row = prediction_id.partition("-")
    if len(request) != 32 or not _HEX.issuperset(request) or not (row.isdecimal() or not row):
        return None
    try:
        return from_microseconds(int(request[:12], 16) * 1000)
    except OverflowError:
        return None
