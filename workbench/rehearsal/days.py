"""Days of a time zone, and parts of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.rehearsal.feed import AT

if TYPE_CHECKING:
    import pandas as pd

    from workbench.project.rehearsal import RehearsalConfig


def span(declared: RehearsalConfig, months: int | None) -> tuple[datetime, datetime]:
    """Return the first moment that is replayed, and the first moment after; of so many months at most."""
    last = declared.end
    if months is not None:
        month = declared.begin.year * 12 + declared.begin.month - 1 + months
        last = min(last, date(month // 12, month % 12 + 1, declared.begin.day) - timedelta(days=1))
    return (
        midnight(declared.begin, declared.timezone),
        midnight(last + timedelta(days=1), declared.timezone),
    )


def midnight(day: date, timezone: str) -> datetime:
    """Return the moment, in UTC, at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def parts(begin: datetime, end: datetime, every: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts of a time, each of one length but for the last."""
    while begin < end:
        stop = min(begin + every, end)
        yield begin, stop
        begin = stop


def within(table: pd.DataFrame, begin: datetime, end: datetime) -> pd.DataFrame:
    """Return the rows of a table, in order of its times, that lie in a time."""
    import pandas as pd

    first, last = table[AT].searchsorted(pd.to_datetime([begin, end], utc=True))
    return table.iloc[first:last]
