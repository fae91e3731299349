"""Ids that are unique, ordered, and tell their day."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from workbench.clock import ManualClock, SystemClock
from workbench.serving.log.request_id import RequestIds, from_microseconds, microseconds, time_of


def test_ids_are_unique_and_ordered(clock: ManualClock) -> None:
    """Within a process by time and count, also when the clock stands still."""
    ids = RequestIds(clock)
    found = []
    for _ in range(1000):
        found.append(ids.next()[0])
        if len(found) % 7 == 0:
            clock.advance(timedelta(milliseconds=1))
    assert found == sorted(set(found))
    others = [RequestIds(clock).next()[0] for _ in range(1000)]
    assert len({each[12:24] for each in others}) == 1000


def test_an_id_is_a_uuid_of_version_7(clock: ManualClock) -> None:
    """Without its hyphens."""
    for _ in range(50):
        made = uuid.UUID(hex=RequestIds(clock).next()[0])
        assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_tells_project_time(clock: ManualClock) -> None:
    """To the millisecond; the exact time is given beside it."""
    clock.advance(timedelta(days=40, microseconds=1234))
    id_, at = RequestIds(clock).next()
    assert from_microseconds(at) == clock.now()
    assert time_of(f"{id_}-3") == time_of(id_) == clock.now().replace(microsecond=1000)
    wall, at = RequestIds(SystemClock()).next()
    now = datetime.now(UTC)
    assert abs(microseconds(now) - at) < 60e6
    found = time_of(wall)
    assert found is not None
    assert abs(found - now) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text", ["", "-", "abc", "g" * 32, "0" * 31, "0" * 33, "0" * 32 + "-x", "F" * 32, "f" * 32]
)
def test_what_is_no_id_tells_no_time(text: str) -> None:
    """Not even an error."""
    assert time_of(text) is None
