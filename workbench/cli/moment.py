"""A moment as people type it."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime

from workbench.errors import UsageError


def parse_moment(text: str | None, option: str, timezone: str) -> datetime | None:
    """Return the moment, in UTC; None where nobody gave one.

    Args:
        text: a day or a time, as ISO 8601 has them; without a zone it is one of `timezone`.
        option: by which it was given, for the error.
        timezone: such as `America/New_York`.

    Raises:
        UsageError: it is no time.
    """
    from workbench.monitoring.span import zone_of

    if text is None:
        return None
    zone = zone_of(timezone)
    try:
        moment = datetime.fromisoformat(text)
        if not MINYEAR < moment.year < MAXYEAR:  # no calendar goes on from there
            raise ValueError(text)
    except ValueError:
        raise UsageError(
            f"{option} cannot be {text!r}: it is no time.", hint="Write 2013-05-01 or 2013-05-01T12:00+02:00."
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
