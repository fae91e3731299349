"""Spans of project time: the last whole window, and the rows whose truth is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbench.data.block import ROW, block_ids, block_length
from workbench.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001 - a time on the wall; weeks begin on Monday


@dataclass(frozen=True)
class Span:
    """A time: its first moment, and the first moment after it, both in UTC."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise UsageError(
                f"A window must end after it begins, but got {self.since:%Y-%m-%d %H:%M} "
                f"to {self.until:%Y-%m-%d %H:%M} UTC.",
                hint="Give a later end, or leave both out for the last whole window.",
            )

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until - self.since

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a name such as `America/New_York`.

    Raises:
        ConfigurationError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"There is no time zone {name!r}.",
            hint="Write one such as UTC or America/New_York.",
            file="workbench.toml",
            key="timezone",
        ) from error


def asked_span(
    since: datetime | None, until: datetime | None, *, now: datetime, length: timedelta, timezone: str
) -> Span:
    """Return the window that somebody asks for; the last whole one that has ended when nobody says.

    Whole windows begin at midnight of the zone when they last whole days, and on Monday when they last weeks.

    Args:
        since: its first moment; None: its end less the length.
        until: the first moment after it; None: its beginning and the length, or the last whole window's end.
        now: project time.
        length: of a window.
        timezone: of its days.

    Raises:
        UsageError: it would end before it begins, or a time has no zone.
    """
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise UsageError(f"A window needs times with a zone, but got {moment}.", hint="Add one: UTC.")
    zone = zone_of(timezone)
    if since is not None:
        end = until if until is not None else _later(since, length, zone)
        return Span(since.astimezone(UTC), end.astimezone(UTC))
    end = until if until is not None else _floor(now, length, zone)
    return Span(_later(end, -length, zone).astimezone(UTC), end.astimezone(UTC))


def due_span(span: Span, *, now: datetime, delay: timedelta, block: str, timezone: str) -> Span:
    """Return the time, as long as the window, whose rows' truth is due: the window itself once it is.

    Truths come late, and those of rows that went badly often later than others. Judging a row before its
    truth is due would judge only those that went well.

    Args:
        span: the window.
        now: project time.
        delay: after which the truth of nearly all rows is known.
        block: the length of a block; what is judged ends with a whole one.
        timezone: of the blocks.
    """
    if span.until + delay <= now:
        return span
    zone, length = zone_of(timezone), block_length(block) or timedelta(seconds=1)
    end = min(_floor(now - delay, length, zone), span.until)
    return Span(_later(end, -_wall_length(span, zone), zone).astimezone(UTC), end.astimezone(UTC))


def blocks_of(at: pl.Series, block: str, timezone: str) -> NDArray[np.int64]:
    """Return the block of each moment, as `block_ids` has it, by the time on the wall."""
    import numpy as np

    if block == ROW:
        return np.arange(len(at))
    return block_ids(wall_times(at, timezone), block)


def wall_times(at: pl.Series, timezone: str) -> NDArray[np.datetime64]:
    """Return moments as they read on the wall of a zone."""
    import numpy as np

    wall = at.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    times: NDArray[np.datetime64] = np.asarray(wall.to_numpy(), dtype="datetime64[us]")
    return times


def _floor(moment: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone).replace(tzinfo=None)
    whole = _MONDAY + (wall - _MONDAY) // length * length
    return whole.replace(tzinfo=zone).astimezone(UTC)


def _later(moment: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """Return a moment moved on the wall, so that midnight stays midnight when summer time begins."""
    wall = moment.astimezone(zone).replace(tzinfo=None) + by
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _wall_length(span: Span, zone: ZoneInfo) -> timedelta:
    begin, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (span.since, span.until))
    return max(end - begin, timedelta(seconds=1))
