from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from workbench.errors import ConfigurationError, UsageError
from workbench.monitoring.span import Span, asked_span, due_span

NEW_YORK = "America/New_York"
WEEK, DAY = timedelta(days=7), timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "length", "timezone", "since", "until"),
    [
        ("2013-03-04T11:00", WEEK, "UTC", "2013-02-25T00:00", "2013-03-04T00:00"),
        ("2013-03-04T00:00", WEEK, "UTC", "2013-02-25T00:00", "2013-03-04T00:00"),
        ("2013-03-03T23:59", WEEK, "UTC", "2013-02-18T00:00", "2013-02-25T00:00"),
        ("2013-03-04T03:00", WEEK, NEW_YORK, "2013-02-18T05:00", "2013-02-25T05:00"),
        ("2013-03-04T11:00", WEEK, NEW_YORK, "2013-02-25T05:00", "2013-03-04T05:00"),
        ("2013-03-11T11:00", WEEK, NEW_YORK, "2013-03-04T05:00", "2013-03-11T04:00"),  # summer time begins
        ("2013-11-04T11:00", WEEK, NEW_YORK, "2013-10-28T04:00", "2013-11-04T05:00"),  # and ends
        ("2013-03-04T11:20", timedelta(hours=1), "UTC", "2013-03-04T10:00", "2013-03-04T11:00"),
        ("2013-03-04T11:20", DAY, NEW_YORK, "2013-03-03T05:00", "2013-03-04T05:00"),
    ],
)
def test_the_usual_window_is_the_last_whole_one(
    now: str, length: timedelta, timezone: str, since: str, until: str
) -> None:
    found = asked_span(None, None, now=utc(now), length=length, timezone=timezone)
    assert found == Span(utc(since), utc(until))


def test_one_end_gives_the_other() -> None:
    asked = {"now": utc("2013-06-01T00:00"), "length": WEEK, "timezone": NEW_YORK}
    begin, end = utc("2013-03-04T05:00"), utc("2013-03-11T04:00")
    assert asked_span(begin, None, **asked) == asked_span(None, end, **asked) == Span(begin, end)  # type: ignore[arg-type]


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    asked = {"now": utc("2013-06-01T00:00"), "length": WEEK, "timezone": "UTC"}
    with pytest.raises(UsageError, match="end after it begins"):
        asked_span(utc("2013-03-04T00:00"), utc("2013-03-03T00:00"), **asked)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="a zone"):
        asked_span(datetime(2013, 3, 4), None, **asked)  # type: ignore[arg-type]  # noqa: DTZ001
    with pytest.raises(ConfigurationError, match="Mars"):
        asked_span(None, None, now=utc("2013-06-01T00:00"), length=WEEK, timezone="Mars/Olympus")


@pytest.mark.parametrize(
    ("now", "since", "until"),
    [
        ("2013-03-04T11:00", "2013-02-24T05:00", "2013-03-03T05:00"),  # Sunday's flights are not all down
        ("2013-03-05T04:59", "2013-02-24T05:00", "2013-03-03T05:00"),
        ("2013-03-05T05:00", "2013-02-25T05:00", "2013-03-04T05:00"),
        ("2013-06-01T00:00", "2013-02-25T05:00", "2013-03-04T05:00"),
    ],
)
def test_rows_are_judged_once_their_truth_is_due(now: str, since: str, until: str) -> None:
    window = Span(utc("2013-02-25T05:00"), utc("2013-03-04T05:00"))
    found = due_span(window, now=utc(now), delay=DAY, block="1d", timezone=NEW_YORK)
    assert found == Span(utc(since), utc(until))


def test_each_day_is_judged_once_however_late_truths_are() -> None:
    """The times that are judged follow each other without a gap, week by week, through summer time."""
    judged = []
    for week in range(52):
        now = utc("2013-01-07T11:00") + week * WEEK
        window = asked_span(None, None, now=now, length=WEEK, timezone=NEW_YORK)
        judged.append(due_span(window, now=now, delay=3 * DAY, block="1d", timezone=NEW_YORK))
    assert all(one.until == following.since for one, following in pairwise(judged))
