"""When schedules are due, above all on the days when clocks are changed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from workbench.scheduling.times import Times

NEW_YORK = "America/New_York"
DUE = [  # cron, zone, later than, the times on the zone's clocks
    ("0 3 * * 1", "UTC", "2013-03-09T00:00", ["03-11 03:00 UTC", "03-18 03:00 UTC"]),
    ("0 6 * * 7", NEW_YORK, "2013-01-01T00:00", ["01-06 06:00 EST", "01-13 06:00 EST"]),
    # in spring, 02:30 is skipped: an hour later, and once
    ("30 2 * * *", NEW_YORK, "2013-03-09T12:00", ["03-10 03:30 EDT", "03-11 02:30 EDT"]),
    # asked in the middle of what is skipped
    ("30 2 * * *", NEW_YORK, "2013-03-10T07:10", ["03-10 03:30 EDT", "03-11 02:30 EDT"]),
    ("0 2,3 * * *", NEW_YORK, "2013-03-10T06:00", ["03-10 03:00 EDT", "03-11 02:00 EDT"]),
    ("30 * * * *", NEW_YORK, "2013-03-10T06:00", ["03-10 01:30 EST", "03-10 03:30 EDT"]),
    # in autumn, 01:30 comes twice: a named hour is due once, counted hours go on
    ("30 1 * * *", NEW_YORK, "2013-11-02T12:00", ["11-03 01:30 EDT", "11-04 01:30 EST"]),
    ("30 1 * * *", NEW_YORK, "2013-11-03T06:10", ["11-04 01:30 EST", "11-05 01:30 EST"]),
    ("30 * * * *", NEW_YORK, "2013-11-03T05:00", ["11-03 01:30 EDT", "11-03 01:30 EST"]),
    ("*/30 */1 * * *", NEW_YORK, "2013-11-03T05:29", ["11-03 01:30 EDT", "11-03 01:00 EST"]),
    # a zone whose clocks change by half an hour
    ("15 2 * * *", "Australia/Lord_Howe", "2013-10-05T00:00", ["10-06 02:45 +11", "10-07 02:15 +11"]),
    # both kinds of days named: one is enough, as in cron
    ("0 3 1 * 0", "UTC", "2013-03-01T00:00", ["03-01 03:00 UTC", "03-03 03:00 UTC"]),
    ("0 0 30 2 0", "UTC", "2013-02-01T00:00", ["02-03 00:00 UTC", "02-10 00:00 UTC"]),
    ("0 0 29 2 *", "UTC", "2013-03-01T00:00", ["02-29 00:00 UTC", "02-29 00:00 UTC"]),
    ("0 0 31 * *", "UTC", "2013-03-31T00:00", ["05-31 00:00 UTC", "07-31 00:00 UTC"]),
]


@pytest.mark.parametrize(("cron", "zone", "after", "expected"), DUE)
def test_due_times_are_those_of_the_zones_clocks(
    cron: str, zone: str, after: str, expected: list[str]
) -> None:
    """Weekdays count from Sunday, skipped times come later, repeated ones once."""
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = itertools.islice(Times(cron, zone).after(begin), len(expected))
    assert [due.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M %Z") for due in found] == expected


def test_a_year_of_a_daily_time_has_one_for_each_day() -> None:
    """Whatever the clocks do, there is one a day, and asking in parts finds the same."""
    begin, end = datetime(2013, 1, 1, 12, tzinfo=UTC), datetime(2014, 1, 1, 12, tzinfo=UTC)
    for hour in (1, 2, 3):
        times = Times(f"30 {hour} * * *", NEW_YORK)
        whole = times.between(begin, end)
        assert len(whole) == 365
        half = datetime(2013, 11, 3, 6, tzinfo=UTC)
        assert times.between(begin, half) + times.between(half, end) == whole


def test_the_end_counts_and_the_beginning_does_not() -> None:
    """So that parts that follow one another have each time once."""
    due = datetime(2013, 1, 2, 3, tzinfo=UTC)
    times = Times("0 3 * * *", "UTC")
    assert times.between(due, due) == []
    assert times.between(datetime(2013, 1, 2, tzinfo=UTC), due) == [due]
