"""Cron's five fields, read as cron itself reads them: 0 and 7 are Sunday, and two kinds of days add up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    words: Mapping[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day", 1, 31, {}),
    _Field("month", 1, 12, {word: number for number, word in enumerate(_MONTHS, 1)}),
    _Field("weekday", 0, 7, {word: number for number, word in enumerate(WEEKDAYS)}),
)


@dataclass(frozen=True)
class CronFields:
    """What five fields mean.

    Attributes:
        weekdays: 0 is Sunday.
        every_hour: whether the hours are counted, as `*` and `*/2` do, and not named.
        every_day, every_weekday: likewise. Where both kinds of days are named, one of them is enough.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    every_hour: bool
    every_day: bool
    every_weekday: bool

    @property
    def has_days(self) -> bool:
        """Whether one of the months has one of the days."""
        return any(day <= _LONGEST[month - 1] for month in self.months for day in self.days)


def parse_cron(text: str) -> CronFields:
    """Return what a text such as `0 3 * * 1` means.

    Raises:
        ValueError: it is written otherwise, or means a day that never comes.
    """
    words = text.split()
    if len(words) != len(_FIELDS):
        raise ValueError(
            f"expected five cron fields 'minute hour day month weekday', like '0 3 * * 1', but got {text!r}"
        )
    minutes, hours, days, months, weekdays = map(_values, _FIELDS, words)
    every_hour, every_day, every_weekday = (words[place].startswith("*") for place in (1, 2, 4))
    sunday_first = tuple(sorted({day % 7 for day in weekdays}))
    found = CronFields(minutes, hours, days, months, sunday_first, every_hour, every_day, every_weekday)
    if every_weekday and not found.has_days:
        raise ValueError(f"expected a day that comes, but no month of {text!r} has its day")
    return found


def _values(field: _Field, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for item in text.split(","):
        parts = _ITEM.fullmatch(item)
        if parts is None:
            raise ValueError(
                f"expected a cron {field.name} such as '*', '*/5', '1-5' or '1,3', but got {item!r}"
            )
        step = int(parts["step"] or 1)
        if step == 0:
            raise ValueError(f"expected a step of at least 1 in the cron {field.name}, but got {item!r}")
        found |= set(range(*_bounds(field, parts["first"], parts["last"], bool(parts["step"])), step))
    return tuple(sorted(found))


def _bounds(field: _Field, first: str | None, last: str | None, stepped: bool) -> tuple[int, int]:
    if first is None:
        return field.low, field.high + (field.name != "weekday")
    begin = _number(field, first)
    if last is None:
        return begin, (field.high if stepped else begin) + 1
    end = _number(field, last)
    if end == 0 and field.name == "weekday":
        end = 7
    if end < begin:
        raise ValueError(f"expected a cron {field.name} that goes up, but got '{first}-{last}'")
    return begin, end + 1


def _number(field: _Field, word: str) -> int:
    number = field.words.get(word.lower(), int(word) if word.isdecimal() else -1)
    if not field.low <= number <= field.high:
        names = f" or {', '.join(field.words)}" if field.words else ""
        raise ValueError(
            f"expected a cron {field.name} from {field.low} to {field.high}{names}, but got {word!r}"
        )
    return number
