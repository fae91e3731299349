"""When a schedule is due, by APScheduler's CronTrigger."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.project.cron import WEEKDAYS, CronFields, parse_cron

_SECOND = timedelta(seconds=1)
_SKIPPED = timedelta(hours=3)
"""More than any clock skips: a time within a gap is only found by who asks from before the gap."""


class Times:
    """The times of a cron text in a time zone.

    Where clocks are put forward, a time that they skip is due as much later as they skip. Where they are put
    back, a time at named hours is due once, the first time; counted hours and minutes go on being counted.

    Args:
        cron: five fields.
        timezone: as the tz database names it.
    """

    def __init__(self, cron: str, timezone: str) -> None:
        self._fields = parse_cron(cron)
        self._triggers = list(_triggers(self._fields, timezone))

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the due times later than a moment, in UTC, without end."""
        begin = moment.astimezone(UTC) - _SKIPPED
        last = moment
        for due in heapq.merge(*(self._from(trigger, begin) for trigger in self._triggers)):
            if due > last:
                last = due
                yield due

    def between(self, after: datetime, until: datetime) -> list[datetime]:
        """Return the due times later than one moment and not later than another."""
        return list(itertools.takewhile(lambda due: due <= until, self.after(after)))

    def _from(self, trigger: Any, moment: datetime) -> Iterator[datetime]:
        while (due := trigger.get_next_fire_time(None, moment)) is not None:
            moment = due.astimezone(UTC) + _SECOND
            if self._fields.every_hour or not _repeated(due):
                yield due.astimezone(UTC)


def _triggers(fields: CronFields, timezone: str) -> Iterator[Any]:
    from apscheduler.triggers.cron import CronTrigger

    named = {
        "minute": _text(fields.minutes, 60),
        "hour": _text(fields.hours, 24),
        "month": _text(fields.months, 12),
        "timezone": timezone,
    }
    names = [WEEKDAYS[day] for day in fields.weekdays]  # by number, APScheduler counts them from Monday
    weekdays = "*" if len(names) == len(WEEKDAYS) else ",".join(names)
    if fields.every_day or fields.every_weekday:
        yield CronTrigger(day=_text(fields.days, 31), day_of_week=weekdays, **named)
    else:
        if fields.has_days:
            yield CronTrigger(day=_text(fields.days, 31), **named)
        yield CronTrigger(day_of_week=weekdays, **named)


def _text(numbers: tuple[int, ...], whole: int) -> str:
    return "*" if len(numbers) == whole else ",".join(map(str, numbers))


def _repeated(due: datetime) -> bool:
    """Return whether the clocks show this time for the second time."""
    return due.fold == 1 and due.utcoffset() != due.replace(fold=0).utcoffset()
